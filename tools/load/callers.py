"""A caller who books and cancels again: six function calls, after which everything is as before."""

import threading
from collections.abc import Callable
from itertools import count
from random import Random

from tools.evening.callers import NAMES
from tools.evening.wishes import Wishes
from tools.load.timing import Times
from tools.stage.system import NUMBER
from tools.stage.telephone import Line
from tools.stage.wire import Wire

ROUNDS = 3
_numbers = count(1)


class Caller:
    """``pause`` passes between two function calls: a breath, or nothing."""

    def __init__(
        self, wire: Wire, times: Times, random: Random, wishes: Wishes, pause: Callable[[], object]
    ) -> None:
        self.wire, self.times, self.random, self.wishes, self.pause = wire, times, random, wishes, pause

    def call(self, *, cancels: bool) -> int | None:
        """Context, check, look again, book, repeat, and one more; the appointment that was booked."""
        line = Line(self.wire, NUMBER, f"+491510{next(_numbers):07d}")
        self.times.ask(line, "get_current_context")
        self.pause()
        held = self._held(line)
        if held is None:
            return None
        self.pause()
        self.times.ask(line, "pre_booking_revalidation", reservation_id=held)
        self.pause()
        name = self.random.choice(NAMES)
        told = self.times.ask(line, "start_booking", reservation_id=held, name=name)
        self.pause()
        self.times.ask(line, "confirm_booking")
        booked = told.get("appointment_id") if told and told["status"] == "booked" else None
        self.pause()
        if cancels and booked is not None:
            self.times.ask(line, "cancel_appointment", appointment_id=str(booked))
        else:
            self.times.ask(line, "get_customer_appointments")
        return booked

    def _held(self, line: Line) -> str | None:
        wish: dict[str, str] = self.wishes.of_caller()
        for _round in range(ROUNDS):
            reply = self.times.ask(line, "check_availability", **wish)
            if reply is None:
                return None
            if reply["status"] == "available":
                found: str = reply["reservation_id"]
                return found
            offers = reply.get("alternatives") or []
            if not offers:
                return None
            wish = {"offer_id": self.random.choice(offers)["offer_id"]}
            self.pause()
        return None


def busy_until(caller: Caller, ended: threading.Event) -> Callable[[], None]:
    """One client that calls again and again without a breath."""

    def work() -> None:
        while not ended.is_set():
            caller.call(cancels=True)

    return work
