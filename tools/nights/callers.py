"""Callers of the night: they book, only ask, want tomorrow, and two want the same at once."""

import secrets
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from calls.simulator.line import HttpLine, Unreachable
from tools.chaos.journal import Act, Outcome, What
from tools.nights.plan import BERLIN
from tools.stage.telephone import FUNCTIONS

# What it yields: seconds until it goes on.
Story = Generator[float, None, None]
SERVICE = "Ponyschnitt"
STYLISTS = ("Emma Keller", "Jonas Brandt")
# A hold that nobody renews has ended by then, also if the clock was set back meanwhile.
PATIENCE, PATIENCE_AFTER_STEP = 180.0, 400.0


@dataclass
class Tally:
    """``booked``: as it was told. ``wrong``: what ought not to have been said. ``slowest``: real seconds."""

    calls: int = 0
    slowest: float = 0.0
    booked: list[Act] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Callers:
    """Of one night; ``line`` is nobody else's."""

    def __init__(self, line: HttpLine, number: str, first_day: datetime) -> None:
        self.line, self.number = line, number
        self.tally = Tally()
        self._slots = _slots(first_day)
        self._turns, self._times = count(), count()

    def story(self) -> Story:
        stories = (self.books, self.only_asks, self.wants_tomorrow, self.two_at_once)
        return stories[next(self._turns) % len(stories)]()

    def books(self) -> Story:
        call, slot = self._call(), next(self._slots)
        reply = self._ask(call, "check_availability", **_wish(*slot))
        if self._is(reply, "available"):
            yield from self._goes_on(call, reply, slot[1])

    def _goes_on(self, call: dict[str, Any], reply: dict[str, Any], start: datetime) -> Story:
        """From a hold to the appointment."""
        held = reply["reservation_id"]
        yield 40
        if not self._is(self._ask(call, "pre_booking_revalidation", reservation_id=held), "valid"):
            return
        yield 20
        told = self._ask(call, "start_booking", reservation_id=held, name="Jana Probst")
        if self._is(told, "booked"):
            self._note(call, told, start)
        self._hang_up(call)

    def only_asks(self, patience: float = PATIENCE) -> Story:
        """The hold is there while it lasts, for others too, and gone when it has ended."""
        slot = next(self._slots)
        call = self._call()
        if not self._is(self._ask(call, "check_availability", **_wish(*slot)), "available"):
            return
        yield 45
        other = self._call()
        self._is(self._ask(other, "check_availability", **_wish(*slot)), "unavailable")
        self._hang_up(other)
        yield patience
        third = self._call()
        self._is(self._ask(third, "check_availability", **_wish(*slot)), "available")
        self._hang_up(third)
        self._hang_up(call)

    def wants_tomorrow(self) -> Story:
        """Said in that word, at an hour at which it may become today."""
        call, number = self._call(), next(self._times)
        clock = f"{14 + number // 12}:{number % 12 * 5:02}"
        wish = {"datum": "morgen", "uhrzeit": clock, "dienstleistung": SERVICE}
        before = self._tomorrow()
        reply = self._ask(call, "check_availability", **wish)
        if not self._is(reply, "available"):
            return
        start = datetime.fromisoformat(reply["starts_at"])
        if start.date() not in {before, self._tomorrow()} or f"{start:%H:%M}" != clock:
            self.tally.wrong.append(f"tomorrow at {clock} was taken for {start}, at {self.line.now()}")
        yield 5
        self._hang_up(call)

    def two_at_once(self) -> Story:
        """One of them has it, and books it."""
        slot, calls = next(self._slots), (self._call(), self._call())
        ask = partial(self._ask_alone, "check_availability", _wish(*slot))
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(ask, calls))
        heard = [reply["status"] for reply in replies]
        if sorted(heard) != ["available", "unavailable"]:
            self.tally.wrong.append(f"two callers at once heard {heard} of {slot[1]}")
            return
        winner = heard.index("available")
        yield from self._goes_on(calls[winner], replies[winner], slot[1])

    def asks_for_services(self) -> None:
        call = self._call()
        self._is(self._ask(call, "list_services"), "found")
        self._hang_up(call)

    def wants(self, day: date, clock: str, *, told: set[str]) -> None:
        """An odd time by the clock: an answer, and the right one."""
        call = self._call()
        wish = {"datum": f"{day:%Y-%m-%d}", "uhrzeit": clock, "dienstleistung": SERVICE}
        self._is(self._ask(call, "check_availability", **wish, mitarbeiter=STYLISTS[0]), *told)
        self._hang_up(call)

    def _tomorrow(self) -> date:
        return self.line.now().astimezone(BERLIN).date() + timedelta(days=1)

    def _note(self, call: dict[str, Any], told: dict[str, Any], start: datetime) -> None:
        said = datetime.fromisoformat(told["starts_at"])
        if said != start:
            self.tally.wrong.append(f"{start} was wished, {said} was called booked")
        act = Act("caller", What.BOOK, "start_booking", call["call_id"], told["appointment_id"], said)
        act.outcome, act.status = Outcome.DONE, told["status"]
        act.began = act.ended = self.line.now().timestamp()
        self.tally.booked.append(act)

    def _call(self) -> dict[str, Any]:
        """Each from a number of its own."""
        self.tally.calls += 1
        return {
            "call_id": f"call_{secrets.token_hex(14)[:27]}",
            "from_number": f"+4930{secrets.randbelow(10**7):07d}",
            "to_number": self.number,
            "direction": "inbound",
        }

    def _ask(self, call: dict[str, Any], function: str, **args: str) -> dict[str, Any]:
        return self._asked(self.line, function, args, call)

    def _ask_alone(self, function: str, args: dict[str, str], call: dict[str, Any]) -> dict[str, Any]:
        line = HttpLine(self.line.url, key=self.line.key, now=self.line.now)
        try:
            return self._asked(line, function, args, call)
        finally:
            line.close()

    def _asked(
        self, line: HttpLine, function: str, args: dict[str, str], call: dict[str, Any]
    ) -> dict[str, Any]:
        began = time.monotonic()
        try:
            reply = line.post(FUNCTIONS, {"name": function, "args": args, "call": call})
        except Unreachable as error:
            reply = {"status": f"no answer: {error}"}
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - began)
        return {"asked": args, **reply}

    def _hang_up(self, call: dict[str, Any]) -> None:
        moment = int(self.line.now().timestamp() * 1000)
        ended = {**call, "end_timestamp": moment, "disconnection_reason": "user_hangup"}
        try:
            self.line.post("/retell/webhook/", {"event": "call_ended", "call": ended})
        except Unreachable as error:
            self.tally.wrong.append(f"the end of a call was not taken: {error}")

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
    """Each once: by day, some days ahead, a fortnight at most."""
    for days in range(3, 14):
        for hour in range(9, 20):
            start = (first_day + timedelta(days=days)).replace(hour=hour, minute=0)
            for stylist in STYLISTS:
                yield stylist, start
