"""One night, from noon before to its end: the clock goes, people call."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from django_q.models import OrmQ, Schedule

from calls.simulator.line import HttpLine
from integrations.models import CalendarSync, SyncState
from tools.nights.beforehand import half_past_two
from tools.nights.callers import PATIENCE_AFTER_STEP, Callers, Story
from tools.nights.clock import Clock
from tools.nights.plan import NIGHTS, Night, Window
from tools.nights.watching import Watch

CALL_EVERY = 45.0
# Who begins later would not be done when the clock is put forward.
UNDISTURBED = 300.0
# So long before the clock is set back somebody gets the hold that lives through it.
STRADDLES = 80.0
LOOKS_EVERY_REAL_SECONDS = 0.25
# What was due since the last night is done, before anybody counts.
CATCHES_UP = 180.0
COMES_BEFORE = timedelta(seconds=90)
RESTS_WITHIN = 600.0


class Living:
    """``pause``: waits so many real seconds, unless somebody ends the run."""

    def __init__(
        self, night: Night, clock: Clock, line: HttpLine, number: str, *, pause: Callable[[float], None]
    ) -> None:
        self.night, self.clock, self.pause = night, clock, pause
        self.callers = Callers(line, number, night.windows[0].begins)
        self.watch = Watch(clock)
        self.made: dict[str, Any] = {}
        self._stories: list[tuple[float, int, Story]] = []
        self._order = count()

    def live(self) -> Watch:
        """What was seen. Ends when all is at rest after the last window."""
        self._come_to_noon()
        self.made = self._beforehand()
        self._come_to_rest()
        begins = self.night.windows[0].begins.astimezone(UTC)
        self._sleep_until(begins - COMES_BEFORE)
        self.pause(max(0.0, (begins - self.clock.now()).total_seconds() / self.clock.speed))
        self.watch.begin()
        self._odd_times()
        for window, after in zip(self.night.windows, [*self.night.windows[1:], None], strict=True):
            if window.back:
                self.clock.move(-timedelta(hours=1))
            else:
                self.clock.set(max(window.begins.astimezone(UTC), self.clock.now()))
            before_step = after is not None and after.back
            self._live(window, straddles=before_step)
            if not before_step:
                self._come_to_rest()
        self.watch.end()
        return self.watch

    def _come_to_noon(self) -> None:
        """As if the machine had been off since the last night: what is due runs once."""
        noon = self.night.noon_before.astimezone(UTC)
        self._sleep_until(noon)
        self.pause(CATCHES_UP / self.clock.speed)

    def _sleep_until(self, moment: datetime) -> None:
        """django-q2 would count minute by minute through the hours and months that are left out."""
        tens = moment.replace(minute=moment.minute // 10 * 10)
        Schedule.objects.filter(schedule_type=Schedule.MINUTES).update(next_run=tens)
        self.clock.set(moment)

    def _beforehand(self) -> dict[str, Any]:
        number = str(NIGHTS.index(self.night))
        command = self.clock.wrapped([sys.executable, "-m", "tools.nights.beforehand", number])
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        return dict(json.loads(done.stdout))

    def _come_to_rest(self) -> None:
        """Before the clock is put forward; otherwise what waits is said to have waited for hours."""
        until = self.clock.passed + RESTS_WITHIN
        while self.clock.passed < until and (
            OrmQ.objects.exists() or CalendarSync.objects.filter(state=SyncState.PENDING).exists()
        ):
            self._go_on()

    def _live(self, window: Window, *, straddles: bool) -> None:
        next_call, ends = self.clock.passed, self.clock.passed + window.minutes * 60
        while self.clock.passed < ends or self._unfinished(straddles=straddles):
            passed = self.clock.passed
            if next_call <= passed < ends - UNDISTURBED:
                next_call += CALL_EVERY
                self._begin(self.callers.story())
            if straddles and passed >= ends - STRADDLES:
                straddles = False
                self._begin(self.callers.only_asks(patience=PATIENCE_AFTER_STEP))
            self._go_on()

    def _unfinished(self, *, straddles: bool) -> bool:
        """Slow ones get their time, only not the one that is meant to live through the step."""
        return straddles or any(due - self.clock.passed < UNDISTURBED for due, _turn, _one in self._stories)

    def _begin(self, story: Story) -> None:
        heappush(self._stories, (self.clock.passed, next(self._order), story))

    def _go_on(self) -> None:
        """Whoever has waited long enough says the next sentence."""
        while self._stories and self._stories[0][0] <= self.clock.passed:
            _due, turn, story = heappop(self._stories)
            wait = next(story, None)
            if wait is not None:
                heappush(self._stories, (self.clock.passed + wait, turn, story))
        self.watch.look()
        self.pause(LOOKS_EVERY_REAL_SECONDS)

    def _odd_times(self) -> None:
        """Half past two by the telephone: never, once or twice. Meant is one that is yet to come."""
        shown = half_past_two(self.night.day)
        told = {"available"} if len(shown) == 1 else {"unavailable", "needs_clarification", "found"}
        if len(shown) == 2:
            told.add("available")
        self.callers.wants(self.night.day, "02:30", told=told)
