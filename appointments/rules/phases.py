"""What a service does with a stylist's time: busy phases, gaps, buffers.

A *phase* is a part of the service; during a free one the stylist can serve someone else. A
*stretch* is what the ledger stores: one busy phase, the first and last widened by the buffers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from appointments.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a service. ``minutes`` is positive; ``busy`` says whether it binds the stylist."""

    name: str
    minutes: int
    busy: bool = True


class PhasePeriod(NamedTuple):
    """A phase at its place in time; ``position`` counts from 1."""

    position: int
    phase: Phase
    period: Period


class Stretch(NamedTuple):
    """A piece of a stylist's time that a plan takes, relative to the start of the appointment."""

    position: int
    start: timedelta
    end: timedelta

    def at(self, start: datetime) -> Period:
        return Period(start + self.start, start + self.end)


@dataclass(frozen=True, slots=True)
class Plan:
    """The phases of one appointment, hold or service, without a place in time.

    ``blocks_span``: the gaps are taken as well, because the calendar will hold them busy
    (layout ``block``, ``architecture.md`` §3).
    """

    phases: tuple[Phase, ...]
    buffer_before: int = 0
    buffer_after: int = 0
    blocks_span: bool = False

    @property
    def minutes(self) -> int:
        """Length for the customer, without buffers; the one source of every end (incident E4)."""
        return sum(phase.minutes for phase in self.phases)

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def phases_at(self, start: datetime) -> list[PhasePeriod]:
        """Every phase with its period; ``start`` is an instant in UTC."""
        placed: list[PhasePeriod] = []
        for position, phase in enumerate(self.phases, start=1):
            end = start + timedelta(minutes=phase.minutes)
            placed.append(PhasePeriod(position, phase, Period(start, end)))
            start = end
        return placed

    def busy_stretches(self) -> list[Stretch]:
        """The stylist's working time, without buffers: what must lie in working hours."""
        if self.blocks_span:
            return [Stretch(1, timedelta(0), self.duration)]
        start = timedelta(0)
        stretches: list[Stretch] = []
        for position, phase in enumerate(self.phases, start=1):
            end = start + timedelta(minutes=phase.minutes)
            if phase.busy:
                stretches.append(Stretch(position, start, end))
            start = end
        return stretches

    def stretches(self) -> list[Stretch]:
        """What the ledger stores. Buffers widen the first and the last; they may pass closing time.

        Empty for a service without work: there is nothing to book then.
        """
        stretches = self.busy_stretches()
        if not stretches:
            return []
        first, last = stretches[0], stretches[-1]
        before, after = timedelta(minutes=self.buffer_before), timedelta(minutes=self.buffer_after)
        stretches[0] = first._replace(start=first.start - before)
        stretches[-1] = stretches[-1]._replace(end=last.end + after)
        return stretches
