"""What to offer instead: free starts near a wish, ranked as a receptionist would."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointments.availability.request import Request
from appointments.availability.service import preference
from appointments.availability.snapshot import Snapshot, StaffTime, load
from appointments.availability.solver import Slot, free_starts_of
from appointments.rules.periods import Period

# Days looked at before and after the wished one, until enough is found. Symmetric, so that what is
# nearest is found in the first stage that finds enough; each some three times the one before, because to
# look through half a year at once keeps a caller waiting (0.6 s with eight stylists).
STAGES = (3, 14, 45, 120, 366)
# Two offers that lie closer together than this are no choice.
SPACING = timedelta(minutes=30)

Rank = tuple[int, bool, bool, int, bool, datetime]


def alternatives(
    request: Request,
    *,
    near: datetime,
    count: int = 3,
    window: Period | None = None,
    avoid: Sequence[Period] = (),
) -> list[Slot]:
    """Up to ``count`` free starts, best first: same day, same part of the day, nearest.

    ``near`` is an instant. ``window``: only starts within it, if there are any. ``avoid``: the
    caller's own appointments, at which nothing is offered (incident C3). Every one can be booked at
    this instant (C1).
    """
    best: list[Slot] = []
    for reach in STAGES:
        first, last = _days(request, near, reach)
        if first > last:
            return []
        snapshot = load(request, first, last)
        free = _free(snapshot, avoid)
        inside = [start for start in free if window and window.start <= start < window.end]
        ranked = sorted(inside or free, key=lambda start: rank(start, near, request.branch.zone))
        best = [_best_slot(snapshot, start, free[start]) for start in spread(ranked, count)]
        if inside or len(best) == count:
            break
    return best


def _days(request: Request, near: datetime, reach: int) -> tuple[date, date]:
    wished = min(max(request.local_date(near), request.today), request.last_day)
    days = timedelta(days=reach)
    return max(wished - days, request.today), min(wished + days, request.last_day)


def _free(snapshot: Snapshot, avoid: Sequence[Period]) -> Mapping[datetime, list[StaffTime]]:
    """Each free start once (incident C13), with everybody who is free then."""
    free: dict[datetime, list[StaffTime]] = defaultdict(list)
    for time in snapshot.staff:
        for start in free_starts_of(time, snapshot):
            span = Period(start, start + time.plan.duration)
            if not any(span.overlaps(other) for other in avoid):
                free[start].append(time)
    return free


def _best_slot(snapshot: Snapshot, start: datetime, times: Iterable[StaffTime]) -> Slot:
    time = min(times, key=lambda time: preference(time, snapshot, start))
    return Slot(time.staff, start, time.plan)


def rank(start: datetime, near: datetime, zone: ZoneInfo) -> Rank:
    """Nearest day first (the later of two equally near), then the same part of the day, then the
    nearest time (incident C15).
    """
    local, wished = start.astimezone(zone), near.astimezone(zone)
    days = (local.date() - wished.date()).days
    minutes = (local.hour - wished.hour) * 60 + local.minute - wished.minute
    return abs(days), days < 0, day_part(local) != day_part(wished), abs(minutes), minutes < 0, start


def day_part(local: datetime) -> int:
    """0 morning, 1 from twelve, 2 from seventeen o'clock."""
    return (local.hour >= 12) + (local.hour >= 17)


def spread(ranked: Sequence[datetime], count: int) -> list[datetime]:
    """The best ``count``, half an hour apart where there is enough to choose from; ranking kept."""
    chosen: list[datetime] = []
    for start in ranked:
        if len(chosen) == count:
            break
        if all(abs(start - other) >= SPACING for other in chosen):
            chosen.append(start)
    chosen += [start for start in ranked if start not in chosen][: count - len(chosen)]
    return sorted(chosen, key=ranked.index)
