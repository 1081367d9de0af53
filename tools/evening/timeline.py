"""What happens when. The clock jumps from one event to the next."""

import heapq
import threading
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

from django.utils import timezone

Act = Callable[[], object]
# Yields the seconds until it goes on.
Story = Generator[float, None, None]


class Traveller(Protocol):
    def move_to(self, destination: datetime) -> None: ...


class Timeline:
    """``at_calcom`` events touch nothing but the sandbox, so they also happen while a request of ours is
    under way there.
    """

    def __init__(self, traveller: Traveller) -> None:
        self._traveller = traveller
        self._number = count()
        self._lock = threading.Lock()
        self._here: list[tuple[datetime, int, Act]] = []
        self._there: list[tuple[datetime, int, Act]] = []

    @property
    def now(self) -> datetime:
        return timezone.now()

    def at(self, moment: datetime, act: Act, *, at_calcom: bool = False) -> None:
        """From any thread."""
        with self._lock:
            heapq.heappush(self._there if at_calcom else self._here, (moment, next(self._number), act))

    def after(self, seconds: float, act: Act, *, at_calcom: bool = False) -> None:
        self.at(self.now + timedelta(seconds=seconds), act, at_calcom=at_calcom)

    def begin(self, story: Story, moment: datetime) -> None:
        self.at(moment, lambda: self._go_on(story))

    def _go_on(self, story: Story) -> None:
        seconds = next(story, None)
        if seconds is not None:
            self.after(seconds, lambda: self._go_on(story))

    def run(self, until: datetime) -> None:
        """Everything that is due by ``until``; then it is ``until``, or as late as the last act made it."""
        while (act := self._take(until, only_there=False)) is not None:
            act()
        self._move_to(until)

    def pass_there(self, until: datetime) -> None:
        """As ``run``, for what happens at Cal.com only."""
        while (act := self._take(until, only_there=True)) is not None:
            act()
        self._move_to(until)

    def _take(self, until: datetime, *, only_there: bool) -> Act | None:
        with self._lock:
            heaps = [self._there] if only_there else [self._here, self._there]
            heap = min((one for one in heaps if one), key=lambda one: one[0][:2], default=None)
            if heap is None or heap[0][0] > until:
                return None
            moment, _number, act = heapq.heappop(heap)
        self._move_to(moment)
        return act

    def _move_to(self, moment: datetime) -> None:
        """Never back: whoever was kept waiting acts late."""
        if moment > self.now:
            self._traveller.move_to(moment)
