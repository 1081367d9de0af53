"""What the callers of a script have been promised, and whether they hear the same when they ask."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

PROMISED = frozenset({"booked", "provisional", "already_booked", "rescheduled"})
Ask = Callable[[str], Mapping[str, Any]]


class Promises:
    """By appointment: whose number, and when it is; None once it was cancelled."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[str, datetime | None]] = {}

    def hear(self, caller: str, reply: Mapping[str, Any]) -> None:
        if reply["status"] in PROMISED:
            self._made[reply["appointment_id"]] = (caller, datetime.fromisoformat(reply["starts_at"]))
        elif reply["status"] == "cancelled":
            self._made[reply["appointment_id"]] = (caller, None)

    def decide(self, reply: Mapping[str, Any]) -> None:
        """The salon itself has moved or cancelled something: ``reply`` as of ``BackOffice.at_counter``."""
        known = self._made.get(reply.get("appointment_id", 0))
        if known is not None:
            start = reply.get("starts_at")
            moment = datetime.fromisoformat(start) if start else None
            self._made[reply["appointment_id"]] = (known[0], moment)

    def broken(self, ask: Ask) -> list[str]:
        """``ask`` gives the answer to ``get_customer_appointments`` from a number. A hidden number may not
        ask, so what was promised to it is not looked at.
        """
        callers = sorted({caller for caller, _start in self._made.values() if caller.startswith("+")})
        return [line for caller in callers for line in self._broken_to(caller, ask(caller))]

    def _broken_to(self, caller: str, reply: Mapping[str, Any]) -> list[str]:
        listed = {
            one["appointment_id"]: datetime.fromisoformat(one["starts_at"])
            for one in reply.get("appointments", ())
        }
        return [
            f"{caller} was told {start and start.isoformat()} of {pk}, and now hears {listed.get(pk)}"
            for pk, (whose, start) in self._made.items()
            if whose == caller and listed.get(pk) != start
        ]
