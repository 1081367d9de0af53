"""Callers of the night: one books, one only asks, and two others ask for what that one holds."""

import secrets
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from calls.simulator.line import HttpLine
from tools.nights.plan import BERLIN

Story = Generator[float, None, None]
SERVICE = "Ponyschnitt"
STYLISTS = ("Emma Keller", "Jonas Brandt")


@dataclass
class Tally:
    """``booked``: appointment id and start as they were told. ``wrong``: what ought not to have been said."""

    calls: int = 0
    booked: dict[int, datetime] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Callers:
    def __init__(self, line: HttpLine, number: str, tally: Tally, first_day: datetime) -> None:
        self.line, self.number, self.tally = line, number, tally
        self._slots = _slots(first_day)
        self._numbers = count(1)

    def story(self, turn: int) -> Story:
        return self.books() if turn % 2 else self.only_asks()

    def books(self) -> Story:
        call, slot = self._call(), next(self._slots)
        reply = self._ask(call, "check_availability", **_wish(*slot))
        if not self._is(reply, "available"):
            return
        yield 40
        told = self._ask(call, "pre_booking_revalidation", reservation_id=reply["reservation_id"])
        if not self._is(told, "valid"):
            return
        yield 20
        told = self._ask(call, "start_booking", reservation_id=reply["reservation_id"], name="Jana Probst")
        if self._is(told, "booked"):
            self.tally.booked[told["appointment_id"]] = datetime.fromisoformat(told["starts_at"])
        self._hang_up(call)

    def only_asks(self, patience: float = 180) -> Story:
        """The hold is there while it lasts, and gone when it has ended."""
        slot = next(self._slots)
        call = self._call()
        if not self._is(self._ask(call, "check_availability", **_wish(*slot)), "available"):
            return
        yield 45
        other = self._call()
        self._is(self._ask(other, "check_availability", **_wish(*slot)), "unavailable")
        self._hang_up(other)
        self._hang_up(call)
        yield patience
        third = self._call()
        self._is(self._ask(third, "check_availability", **_wish(*slot)), "available")
        self._hang_up(third)

    def wants(self, day: datetime, clock: str, *, told: set[str]) -> None:
        """An odd time by the clock: an answer, and the right one."""
        call = self._call()
        reply = self._ask(call, "check_availability", **{**_wish(STYLISTS[0], day), "uhrzeit": clock})
        self._is(reply, *told)
        self._hang_up(call)

    def _call(self) -> dict[str, Any]:
        self.tally.calls += 1
        return {
            "call_id": f"call_{secrets.token_hex(14)[:27]}",
            "from_number": f"+4930900{next(self._numbers):04d}",
            "to_number": self.number,
            "direction": "inbound",
        }

    def _ask(self, call: dict[str, Any], function: str, **args: str) -> dict[str, Any]:
        body = {"name": function, "args": args, "call": call}
        return {"asked": args, **self.line.post("/retell/functions/", body)}

    def _hang_up(self, call: dict[str, Any]) -> None:
        moment = int(self.line.now().timestamp() * 1000)
        ended = {**call, "end_timestamp": moment, "disconnection_reason": "user_hangup"}
        self.line.post("/retell/webhook/", {"event": "call_ended", "call": ended})

    def _is(self, reply: dict[str, Any], *expected: str) -> bool:
        if reply["status"] in expected:
            return True
        self.tally.wrong.append(f"{' or '.join(expected)} expected, heard: {reply}")
        return False


def _wish(stylist: str, start: datetime) -> dict[str, str]:
    local = start.astimezone(BERLIN)
    return {
        "datum": f"{local:%Y-%m-%d}",
        "uhrzeit": f"{local:%H:%M}",
        "dienstleistung": SERVICE,
        "mitarbeiter": stylist,
    }


def _slots(first_day: datetime) -> Iterator[tuple[str, datetime]]:
    """Each once: by day, some days ahead."""
    for days in range(3, 30):
        for hour in range(9, 20):
            start = (first_day + timedelta(days=days)).replace(hour=hour, minute=0)
            for stylist in STYLISTS:
                yield stylist, start
