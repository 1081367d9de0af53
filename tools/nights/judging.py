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
# The sweeper comes every minute, and schedules are looked at twice a minute. After the clock was set back a
# hold begins anew with the next sweep, and the worker notices within half a minute.
LONGEST, LONGEST_AFTER_STEP = HOLD + 150, 2 * HOLD + 210
SILENCE, SILENCE_AFTER_STEP = 150.0, 180.0
REMINDED_WITHIN = timedelta(minutes=4)
REPORTED_WITHIN = timedelta(minutes=15)
DONE_WITHIN = timedelta(minutes=4)


class Reminder(NamedTuple):
    """``written``: when, by the processes' clock."""

    appointment: int
    written: datetime
    state: str


class Report(NamedTuple):
    company: str
    started: datetime
    finished: bool


@dataclass
class Seen:
    """``lives``: of holds that ended by themselves, and ``sweeps``: in seconds that really passed, until
    ``ended``. ``due``: when each reminder was due. ``jobs``: of the nightly ones, with those of a person's
    own in ``own``. ``wrong``: what others found.
    """

    night: Night
    calls: int = 0
    booked: int = 0
    slowest: float = 0.0
    lives: Sequence[float] = ()
    sweeps: Sequence[float] = ()
    ended: float = 0.0
    due: Mapping[int, datetime] = field(default_factory=dict)
    quiet: Sequence[int] = ()
    reminders: Sequence[Reminder] = ()
    companies: frozenset[str] = frozenset()
    reports: Sequence[Report] = ()
    jobs: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    own: Sequence[datetime] = ()
    wrong: Sequence[str] = ()

    @property
    def silence(self) -> float:
        """The longest time without a sweep."""
        pairs = pairwise([*self.sweeps, self.ended])
        return max((after - before for before, after in pairs), default=0.0)


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
    longest = LONGEST_AFTER_STEP if seen.night.has_back else LONGEST
    for life in seen.lives:
        if life < HOLD - INEXACT:
            yield f"a hold ended early, after {life:.0f} seconds"
        elif life > longest:
            yield f"a hold lived for {life:.0f} seconds"


def _sweeper(seen: Seen) -> Iterator[str]:
    if seen.silence > (SILENCE_AFTER_STEP if seen.night.has_back else SILENCE):
        yield f"nothing was swept for {seen.silence:.0f} seconds"


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
            elif one.written > due + REMINDED_WITHIN:
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
            if not due <= one.started <= due + REPORTED_WITHIN:
                yield f"the report of {company} came at {_local(one.started)}"


def _jobs(seen: Seen) -> Iterator[str]:
    due = seen.night.job_due.astimezone(UTC)
    for name, at in sorted(seen.jobs.items()):
        if len(at) != 1:
            yield f"{name} ran {len(at)} times: {', '.join(map(_local, at)) or 'never'}"
        elif not due <= at[0] <= due + DONE_WITHIN:
            yield f"{name} ran at {_local(at[0])}"
    if len(seen.own) != 1:
        yield f"a person's own schedule ran {len(seen.own)} times"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%H:%M:%S}"
