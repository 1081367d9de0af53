"""Guests at Cal.com, its letters, the worker, and time: see ``calcom`` and ``workers``."""

from typing import Any

from hypothesis import strategies as st

from tests.whole.journal import TALLY
from tests.whole.stage import EVENT_TYPES
from tests.whole.steps import Steps, either, places, step, which
from tests.whole.workers import TASKS

PASSING = (10, 70, 100, 400, 1500, 7200)


class OutsideSteps(Steps):
    @step(event_type=st.sampled_from(EVENT_TYPES), start=places, in_the_gap=either)
    def guest_books(self, *, event_type: int, start: Any, in_the_gap: bool = False) -> None:
        self.stage.journal.note("calendar", event_type=event_type, start=start, in_the_gap=in_the_gap)
        (self.calcom.guest_will_slip_in if in_the_gap else self.calcom.guest_books)(event_type, start)

    @step(number=which)
    def cancelled_there(self, *, number: int) -> None:
        there = self.pick(self.stage.standing(), number)
        if there:
            self.stage.journal.note("unplayed", what=f"{there.uid} is cancelled at Cal.com")
            self.calcom.cancelled(there)

    @step(number=which, start=places)
    def moved_there(self, *, number: int, start: Any) -> None:
        there = self.pick(self.stage.standing(), number)
        if there:
            self.stage.journal.note("unplayed", what=f"{there.uid} is moved at Cal.com to {start}")
            self.calcom.moved(there, start)

    @step(number=which)
    def reassigned_there(self, *, number: int) -> None:
        there = self.pick(self.stage.standing(), number)
        if there:
            self.stage.journal.note("unplayed", what=f"{there.uid} gets another host at Cal.com")
            self.calcom.reassigned(there)

    @step(seconds=st.sampled_from(PASSING))
    def time_passes(self, *, seconds: int) -> None:
        self.stage.forward(seconds=seconds)

    @step(number=which, how=st.sampled_from(["once", "twice", "lost"]))
    def letter_comes(self, *, number: int, how: str) -> None:
        """In any order, since ``number`` picks it."""
        letter = self.pick(self.stage.letters, number)
        if letter is None:
            return
        if how != "twice":
            self.stage.letters.remove(letter)
        if how != "once":
            TALLY.faults[f"webhook {how}"] += 1
        if how != "lost":
            self.stage.deliver(letter)

    @step()
    def post_comes(self) -> None:
        self.stage.journal.note("works", task="reads")
        self.work(self.worker.post_comes)

    @step(task=st.sampled_from(["syncs", *TASKS]))
    def worker_works(self, *, task: str) -> None:
        self.stage.journal.note("works", task=task)
        self.work(self.worker.does, task)
