"""At rest: what is listed as free can be held, and what is not listed cannot (invariant I2)."""

from collections.abc import Iterator

from config.demo.environment import SLUG
from tools.chaos.crew import ZONE, Crew, start_of
from tools.evening.wishes import Wishes
from tools.stage.system import NUMBER
from tools.stage.telephone import Line

PROBES = 25


def one_solver(crew: Crew, wishes: Wishes) -> Iterator[str]:
    """By REST and by phone, as two others see it; each probe gives its hold back."""
    for number in range(PROBES):
        wish = wishes.of_caller()
        start = start_of(wish)
        day = f"{start.astimezone(ZONE):%Y-%m-%d}"
        query = {"service": wish["dienstleistung"], "from": day, "to": day, "branch": "Mitte"}
        if "mitarbeiter" in wish:
            query["staff"] = next(name for name in crew.staff if name.startswith(wish["mitarbeiter"]))
        headers = {"Authorization": f"Bearer {crew.key}"}
        answer = crew.wire.send("GET", "/api/v1/availability/", params=query, headers=headers)
        listed = {one["starts_at"] for one in answer.body["results"]}
        line = Line(crew.wire, NUMBER, f"+491509{number:07d}")
        reply = line.ask("check_availability", **wish)
        held = reply["status"] == "available"
        if held:
            line.ask("release_reservation", reservation_id=reply["reservation_id"])
        # The calendar may know of a stranger whom we do not know of: that is no other solver.
        if held != (start.isoformat() in listed) and reply.get("reason") != "calendar_taken":
            yield f"{SLUG}: {wish} {'is not' if held else 'is'} listed, and answered “{reply['status']}”"
