"""Which starts are free, and why one is not. Pure: works on a :class:`Snapshot`.

A service with gaps fits where each of its stretches fits. For a stretch that begins ``a`` and ends
``b`` after the start, working hours ``[w, x)`` allow the starts ``w - a`` to ``x - b``, both
included; something taken ``[t, u)`` forbids those strictly between ``t - b`` and ``u - a``. So the
free starts are a few closed ranges per stylist, whatever the grid.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from appointments.availability.snapshot import Snapshot, StaffTime
from appointments.models import Staff
from appointments.rules.hours import grid, is_on_grid
from appointments.rules.periods import Period
from appointments.rules.phases import Plan, Stretch

INSTANT = timedelta(microseconds=1)


class Reason(StrEnum):
    """Why a time cannot be had. Of several stylists the one that came nearest to free counts, so the
    order of the first four matters.
    """

    TAKEN = "taken"
    OFF_GRID = "off_grid"
    STAFF_ABSENT = "staff_absent"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    NOTICE_TOO_SHORT = "notice_too_short"
    TOO_FAR = "too_far"
    PAST = "past"
    STAFF_CANNOT_PROVIDE_SERVICE = "staff_cannot_provide_service"
    # Never the solver's own: what a calendar outside says.
    CALENDAR_TAKEN = "calendar_taken"


class Slot(NamedTuple):
    """A start with somebody who is free then. Instants in UTC, without buffers.

    ``overdue``: expired holds (their ids) that still stand there in the ledger; whoever takes the
    slot clears them away.
    """

    staff: Staff
    start: datetime
    plan: Plan
    overdue: tuple[int, ...] = ()

    @property
    def end(self) -> datetime:
        return self.start + self.plan.duration


class StartRange(NamedTuple):
    """Starts from ``first`` to ``last``, both included."""

    first: datetime
    last: datetime


def free_ranges(time: StaffTime, snapshot: Snapshot) -> list[StartRange]:
    """All instants at which this stylist can start, ascending, the grid left aside."""
    request = snapshot.request
    if request.overrides_hours:
        starts = [StartRange(snapshot.span.start, snapshot.span.end - INSTANT)]
    else:
        span = Stretch(0, timedelta(0), time.plan.duration)
        starts = [StartRange(time.earliest, request.too_late - INSTANT)]
        starts = list(_intersect(starts, _fitting(span, snapshot.opening)))
        for stretch in time.plan.busy_stretches():
            starts = list(_intersect(starts, _fitting(stretch, time.working)))
    return list(_remove(starts, _forbidden(time.plan, time.busy)))


def _fitting(stretch: Stretch, periods: Iterable[Period]) -> Iterator[StartRange]:
    for period in periods:
        first, last = period.start - stretch.start, period.end - stretch.end
        if first <= last:
            yield StartRange(first, last)


def _forbidden(plan: Plan, busy: Iterable[Period]) -> list[Period]:
    """Open intervals: both ends are allowed, so that back to back and an exact fit are free."""
    taken = list(busy)
    return sorted(
        Period(period.start - stretch.end, period.end - stretch.start)
        for stretch in plan.stretches()
        for period in taken
    )


def _intersect(left: Iterable[StartRange], right: Iterable[StartRange]) -> Iterator[StartRange]:
    others = list(right)
    for one in left:
        for other in others:
            first, last = max(one.first, other.first), min(one.last, other.last)
            if first <= last:
                yield StartRange(first, last)


def _remove(ranges: Iterable[StartRange], forbidden: Sequence[Period]) -> Iterator[StartRange]:
    for one in ranges:
        first = one.first
        for hole in forbidden:
            if hole.start >= one.last:
                break
            if hole.end <= first:
                continue
            if hole.start >= first:
                yield StartRange(first, hole.start)
            first = hole.end
        if first <= one.last:
            yield StartRange(first, one.last)


def is_free(time: StaffTime, snapshot: Snapshot, start: datetime) -> bool:
    if not snapshot.request.overrides_hours and not _on_grid(snapshot, start):
        return False
    return any(allowed.first <= start <= allowed.last for allowed in free_ranges(time, snapshot))


def free_starts_of(time: StaffTime, snapshot: Snapshot) -> Iterator[datetime]:
    """Every free start of one stylist on the grid of the snapshot's days, ascending."""
    ranges = free_ranges(time, snapshot)
    for day in snapshot.days:
        yield from starts_on(day, ranges, snapshot)


def starts_on(day: date, ranges: Iterable[StartRange], snapshot: Snapshot) -> Iterator[datetime]:
    """Those of one local day; ``ranges`` of :func:`free_ranges`."""
    branch = snapshot.request.branch
    starts = grid(day, branch.slot_minutes, branch.zone)
    for allowed in ranges:
        yield from starts[bisect_left(starts, allowed.first) : bisect_right(starts, allowed.last)]


def _on_grid(snapshot: Snapshot, start: datetime) -> bool:
    branch = snapshot.request.branch
    return is_on_grid(start, branch.slot_minutes, branch.zone)


def reason_against(snapshot: Snapshot, start: datetime) -> Reason:
    """Why nobody of the snapshot can start then. Call it only for a start that is not free."""
    general = _general_reason(snapshot, start)
    if general is not None:
        return general
    reasons = {_reason_of(time, snapshot, start) for time in snapshot.staff}
    others_are_away = reasons <= {Reason.STAFF_ABSENT}
    if others_are_away and snapshot.request.staff is None and snapshot.request.excluded_staff:
        return Reason.TAKEN
    if not reasons:
        return Reason.STAFF_CANNOT_PROVIDE_SERVICE
    return next(reason for reason in Reason if reason in reasons)


def _general_reason(snapshot: Snapshot, start: datetime) -> Reason | None:
    request = snapshot.request
    if request.overrides_hours:
        return None
    if start < request.now:
        return Reason.PAST
    if start < min((time.earliest for time in snapshot.staff), default=request.earliest):
        return Reason.NOTICE_TOO_SHORT
    if start >= request.too_late:
        return Reason.TOO_FAR
    if request.local_date(start) in snapshot.holidays:
        return Reason.HOLIDAY
    return None


def _reason_of(time: StaffTime, snapshot: Snapshot, start: datetime) -> Reason:
    if snapshot.request.overrides_hours:
        return Reason.TAKEN
    if start < time.earliest:
        return Reason.NOTICE_TOO_SHORT
    if not _inside(Period(start, start + time.plan.duration), snapshot.opening):
        return Reason.OUTSIDE_HOURS
    if not all(_inside(stretch.at(start), time.working) for stretch in time.plan.busy_stretches()):
        return Reason.STAFF_ABSENT
    if not _on_grid(snapshot, start):
        return Reason.OFF_GRID
    return Reason.TAKEN


def _inside(period: Period, allowed: Iterable[Period]) -> bool:
    return any(other.start <= period.start and period.end <= other.end for other in allowed)
