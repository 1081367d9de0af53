"""What was seen in a night, and what of it is not as it has to be. Pure: no database, no clock, no network.

Strict is what must never happen. Only how late something may come depends on the machine: its margins are
those of a calm one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tools.nights.plan import BERLIN, Night

HOLD = 90.0
# Two looks at a clock that runs many times too fast.
INEXACT = 5.0
# What comes every minute, and schedules are looked at twice a minute.
MINUTELY = 60 + 30.0
# After the clock was set back the worker notices within half a minute, and a hold begins anew with the sweep
# after that.
NOTICED = 30.0
REPORTS_EVERY = 600.0
# So many real seconds the machine may be busy with other things.
BUSY = 10.0


class Reminder(NamedTuple):
    """``written``: when, by the processes' clock."""

    appointment: int
    written: datetime
    state: str


class Sweep(NamedTuple):
    """``passed``: in seconds that really passed; ``shown``: what the clock showed."""

    passed: float
    shown: datetime


class Report(NamedTuple):
    company: str
    started: datetime
    finished: bool


@dataclass
class Seen:
    """``lives``: of holds that ended by themselves, in seconds that really passed. ``sweeps``: until
    ``ended``. ``due``: when each reminder was due. ``jobs``: of the nightly ones, with those of a person's
    own in ``own``. ``wrong``: what others found.
    """

    night: Night
    speed: int
    calls: int = 0
    booked: int = 0
    slowest: float = 0.0
    lives: Sequence[float] = ()
    sweeps: Sequence[Sweep] = ()
    ended: Sweep | None = None
    due: Mapping[int, datetime] = field(default_factory=dict)
    quiet: Sequence[int] = ()
    reminders: Sequence[Reminder] = ()
    companies: frozenset[str] = frozenset()
    reports: Sequence[Report] = ()
    jobs: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    own: Sequence[datetime] = ()
    wrong: Sequence[str] = ()

    @property
    def busy(self) -> float:
        """As they felt it."""
        return BUSY * self.speed

    @property
    def silence(self) -> tuple[float, datetime]:
        """The longest time without a sweep, and when it began."""
        ends = [*self.sweeps, *([self.ended] if self.ended else [])]
        return max((after.passed - before.passed, before.shown) for before, after in pairwise(ends))


def judge(seen: Seen) -> list[str]:
    """A sentence for each; empty if all is as it has to be."""
    return [
        *seen.wrong,
        *_lived(seen),
        *_holds(seen),
        *_sweeper(seen),
        *_reminders(seen),
        *_reports(seen),
        *_jobs(seen),
    ]


def _lived(seen: Seen) -> Iterator[str]:
    """A night in which nothing happens proves nothing."""
    if not seen.booked:
        yield "nobody booked"
    if not seen.lives:
        yield "no hold ended by itself"
    if not seen.due or not seen.quiet:
        yield "no reminder was due"


def _holds(seen: Seen) -> Iterator[str]:
    longest = HOLD + MINUTELY + seen.busy
    if seen.night.has_back:
        longest += NOTICED + MINUTELY + HOLD
    for life in seen.lives:
        if life < HOLD - INEXACT:
            yield f"a hold ended early, after {life:.0f} seconds"
        elif life > longest:
            yield f"a hold lived for {life:.0f} seconds"


def _sweeper(seen: Seen) -> Iterator[str]:
    silence, since = seen.silence
    if silence > MINUTELY + seen.busy + (NOTICED if seen.night.has_back else 0):
        yield f"nothing was swept for {silence:.0f} seconds, since {_local(since)}"


def _reminders(seen: Seen) -> Iterator[str]:
    for appointment, due in seen.due.items():
        found = [one for one in seen.reminders if one.appointment == appointment]
        if len(found) != 1:
            yield f"{len(found)} reminders of {appointment}"
        for one in found:
            if one.state != "sent":
                yield f"the reminder of {appointment} is {one.state}"
            if one.written < due:
                yield f"the reminder of {appointment} came {due - one.written} early"
            elif one.written > due + timedelta(seconds=MINUTELY + seen.busy):
                yield f"the reminder of {appointment} came {one.written - due} late"
    for one in seen.reminders:
        if one.appointment in seen.quiet:
            yield f"a reminder of {one.appointment} in the quiet hours, at {_local(one.written)}"


def _reports(seen: Seen) -> Iterator[str]:
    """One for each salon and one for the installation, of that local day."""
    due = seen.night.report_due.astimezone(UTC)
    for company in sorted(seen.companies):
        found = [one for one in seen.reports if one.company == company]
        if len(found) != 1:
            yield f"{len(found)} reports of the night of {company}"
        for one in found:
            if not one.finished:
                yield f"the report of {company} was not finished"
            if not due <= one.started <= due + timedelta(seconds=REPORTS_EVERY + MINUTELY + seen.busy):
                yield f"the report of {company} came at {_local(one.started)}"


def _jobs(seen: Seen) -> Iterator[str]:
    due = seen.night.job_due.astimezone(UTC)
    for name, at in sorted(seen.jobs.items()):
        if len(at) != 1:
            yield f"{name} ran {len(at)} times: {', '.join(map(_local, at)) or 'never'}"
        elif not due <= at[0] <= due + timedelta(seconds=MINUTELY + seen.busy):
            yield f"{name} ran at {_local(at[0])}"
    if len(seen.own) != 1:
        yield f"a person's own schedule ran {len(seen.own)} times"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%H:%M:%S}"
