"""Cal.com in virtual time: a sandbox whose requests take their time, and strangers on its booking page."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from integrations.calcom import line, performing
from integrations.calcom.errors import Trouble, Unreachable
from integrations.sandbox import Account, World, changing, making, slots
from integrations.sandbox.errors import VendorError
from integrations.sandbox.request import Request
from tools.evening.timeline import Timeline

CANCEL_REASON = "Doch keine Zeit."


class EveningWorld(World):
    """Waits in virtual time. The requests of one run of ours take their time at once, not in turn."""

    def __init__(self, account: Account, timeline: Timeline, random: Random, **facts: Any) -> None:
        super().__init__(account, random=random, **facts)
        self.timeline = timeline
        self.asked: deque[datetime] = deque()
        # The end of the budget of the call that is being answered.
        self.deadline: datetime | None = None
        self._turn = threading.RLock()
        self._acting = False
        self._begun = timeline.now
        self._waited: dict[int, float] = {}

    def pause(self, milliseconds: float) -> None:
        with self._turn:
            if self._acting or milliseconds <= 0:
                return  # a stranger's own act, in the middle of our pause
            thread = threading.get_ident()
            waited = self._waited.get(thread, 0.0) + milliseconds * self.random.uniform(0.5, 1.5)
            self._waited[thread] = waited
            with self.acting():
                self.timeline.pass_there(self._begun + timedelta(milliseconds=waited))

    @contextmanager
    def acting(self) -> Iterator[None]:
        with self._turn:
            before, self._acting = self._acting, True
            try:
                yield
            finally:
                self._acting = before

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Knows when a run of ours begins and how many requests it was. After a call's deadline none
        begins; one that is under way then is awaited, which the real clock would not do.
        """

        def perform(operations: Sequence[Any], views: Sequence[Any], **facts: Any) -> Any:
            self._begun, self._waited = self.timeline.now, {}
            if self.deadline is not None and self._begun >= self.deadline:
                return [Unreachable(Trouble.DEADLINE)] * len(operations)
            before = len(self.requests)
            try:
                return performing.perform(operations, views, **facts)
            finally:
                self.asked.extend([self._begun] * (len(self.requests) - before))

        with patch.object(line, "perform", perform):
            yield


class Strangers:
    """People on the booking page: each looks, chooses from what is open, and books it ``hesitation``
    seconds later. Beyond ``standing`` of their bookings one of them cancels for each that comes.
    """

    def __init__(
        self,
        world: EveningWorld,
        timeline: Timeline,
        random: Random,
        *,
        wish: Callable[[], tuple[int, datetime]],
        standing: int,
        hesitation: float,
    ) -> None:
        self.world = world
        self.timeline = timeline
        self.random = random
        self.wish = wish
        self.standing = standing
        self.hesitation = hesitation
        self.booked = self.refused = self.cancelled = 0
        self.uids: list[str] = []

    def every(self, seconds: float, *, until: datetime) -> None:
        """On average."""

        def come() -> None:
            if self.timeline.now < until:
                self.come()
                self.timeline.after(self.random.expovariate(1 / seconds), come, at_calcom=True)

        self.timeline.after(self.random.expovariate(1 / seconds), come, at_calcom=True)

    def come(self) -> None:
        event_type, near = self.wish()
        with self.world.acting():
            start = self._nearest_open(event_type, near)
        if start is None:
            return
        if self.hesitation:
            self.timeline.after(self.hesitation, lambda: self._book(event_type, start), at_calcom=True)
        else:
            self._book(event_type, start)

    def _nearest_open(self, event_type: int, near: datetime) -> datetime | None:
        day = near.date().isoformat()
        query = {"eventTypeId": str(event_type), "start": day, "end": day}
        request = Request("GET", "/v2/slots", raw_query=f"page={self.random.random()}", query=query)
        _status, answer = slots.show(self.world, request)
        starts = [datetime.fromisoformat(one["start"]) for some in answer["data"].values() for one in some]
        return min(starts, key=lambda start: abs(start - near), default=None)

    def _book(self, event_type: int, start: datetime) -> None:
        number = self.random.randrange(10_000)
        attendee = {
            "name": f"Gast {number}",
            "email": f"gast{number}@page.example",
            "timeZone": "Europe/Berlin",
            "language": "de",
        }
        wanted = {"eventTypeId": event_type, "start": start.isoformat(), "attendee": attendee}
        with self.world.acting():
            try:
                _status, answer = making.create(
                    self.world, Request("POST", "/v2/bookings", body=wanted, origin="page")
                )
            except VendorError:
                self.refused += 1
                return
            self.booked += 1
            self.uids.append(answer["data"]["uid"])
            if len(self.uids) > self.standing:
                self._cancel(self.uids.pop(self.random.randrange(len(self.uids) - 1)))

    def _cancel(self, uid: str) -> None:
        booking = self.world.booking(uid)
        if booking is not None and booking.stands:
            body = {"cancellationReason": CANCEL_REASON}
            path = f"/v2/bookings/{uid}/cancel"
            changing.cancel(self.world, Request("POST", path, body=body, params={"uid": uid}))
            self.cancelled += 1


def overlaps(world: World) -> int:
    """Pairs of bookings that stand at the same host at the same time."""
    found = 0
    for host in world.account.hosts:
        rows = world.bookings(host=host, standing=True)
        found += sum(
            one.period.overlaps(other.period) for index, one in enumerate(rows) for other in rows[index + 1 :]
        )
    return found


def most_in_a_minute(instants: Sequence[datetime]) -> int:
    """Of any 60 seconds, wherever they begin."""
    ordered = sorted(instants)
    most = first = 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= timedelta(seconds=60):
            first += 1
        most = max(most, last - first + 1)
    return most
