"""Asking somebody who knows more, an outside calendar perhaps, before anything is offered."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from appointments.availability.solver import Slot

# Of candidates, those that can be offered. Never asked without any.
Sieve = Callable[[Sequence[Slot]], Collection[Slot]]

# So many starts are asked about at once, and so often while there is something to offer.
BATCH = 8
BATCHES = 2


class Choice(Protocol):
    """The free starts of a few days."""

    def best_starts(self, starts: Iterable[datetime], count: int) -> list[datetime]: ...

    def slots(self, start: datetime) -> Sequence[Slot]: ...


class Sifting:
    """What a sieve has said so far. No start is asked about twice."""

    def __init__(self, sieve: Sieve) -> None:
        self._sieve = sieve
        self._asked: set[datetime] = set()
        self._batches = 0
        self.accepted: dict[datetime, Slot] = {}

    @property
    def is_enough(self) -> bool:
        """There is something to offer, and more would have to be waited for too long."""
        return bool(self.accepted) and self._batches >= BATCHES

    def ask(self, choice: Choice, starts: Collection[datetime], count: int) -> None:
        """Asks about the best of ``starts`` until ``count`` are accepted, in ``BATCHES`` at most."""
        for _batch in range(BATCHES):
            if self.is_enough or len(self.accepted) >= count:
                return
            batch = self._next(choice, starts)
            if not batch:
                return
            self._ask_about(choice, batch)

    def _next(self, choice: Choice, starts: Collection[datetime]) -> list[datetime]:
        """The best that follow what was asked about, not those right beside it: what is taken outside is
        seldom taken for five minutes.
        """
        before = len(self._asked.intersection(starts))
        best = choice.best_starts(starts, before + BATCH)
        return [start for start in best if start not in self._asked][:BATCH]

    def _ask_about(self, choice: Choice, starts: Sequence[datetime]) -> None:
        candidates = {start: choice.slots(start) for start in starts}
        said = set(self._sieve([slot for slots in candidates.values() for slot in slots]))
        self._asked.update(starts)
        self._batches += 1
        for start, slots in candidates.items():
            accepted = next((slot for slot in slots if slot in said), None)
            if accepted is not None:
                self.accepted[start] = accepted
