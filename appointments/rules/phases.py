"""What a service does with a stylist's time: busy phases, gaps, buffers.

A *phase* is a part of the service; during a free one the stylist can serve someone else. A
*stretch* is what the ledger stores: one busy phase, the first and last widened by the buffers. A *run*
is what a calendar shows: busy phases without a gap between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
class Run:
    """Phases that follow each other without a gap for the stylist: one booking in a calendar.

    ``position`` is that of the first phase, ``name`` its name; ``start`` and ``end`` are relative to
    the start of the appointment, without buffers.
    """

    position: int
    name: str
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
        return [
            PhasePeriod(position, phase, Period(start + begins, start + ends))
            for position, phase, begins, ends in self._offsets()
        ]

    def busy_stretches(self) -> list[Stretch]:
        """The stylist's working time, without buffers: what must lie in working hours."""
        if self.blocks_span:
            return [Stretch(1, timedelta(0), self.duration)]
        return [
            Stretch(position, begins, ends) for position, phase, begins, ends in self._offsets() if phase.busy
        ]

    def runs(self) -> list[Run]:
        """The one derivation of runs (incident E12): whoever maps, books or compares them asks here.

        With ``blocks_span`` the whole time is one run, which begins with the first phase.
        """
        runs: list[Run] = []
        continues = False
        for position, phase, begins, ends in self._offsets():
            binds = phase.busy or self.blocks_span
            if binds and continues:
                runs[-1] = replace(runs[-1], end=ends)
            elif binds:
                runs.append(Run(position, phase.name, begins, ends))
            continues = binds
        return runs

    def _offsets(self) -> Iterator[tuple[int, Phase, timedelta, timedelta]]:
        """Position, phase, beginning and end of each phase, counted from the start."""
        begins = timedelta(0)
        for position, phase in enumerate(self.phases, start=1):
            ends = begins + timedelta(minutes=phase.minutes)
            yield position, phase, begins, ends
            begins = ends

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

    def taken_at(self, start: datetime) -> list[Period]:
        """What the ledger stores of an appointment that begins at ``start``."""
        return [stretch.at(start) for stretch in self.stretches()]
