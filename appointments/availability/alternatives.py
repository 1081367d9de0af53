"""What to offer instead: free starts near a wish, ranked as a receptionist would."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointments.availability.request import Request
from appointments.availability.service import preference
from appointments.availability.sieve import Sieve, Sifting
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
    sieve: Sieve | None = None,
) -> list[Slot]:
    """Up to ``count`` free starts, best first: same day, same part of the day, nearest.

    ``near`` is an instant. ``window``: only starts within it, if there are any. ``avoid``: the
    caller's own appointments, at which nothing is offered (incident C3). Every one can be booked at
    this instant (C1).

    ``sieve`` is asked about the best starts, each with everybody who is free then, the best first;
    only what it gives back is offered. Eight starts are asked about at once and twice that at most,
    unless nothing at all is acceptable: then the search goes on with other times and farther days.
    """
    sifting = Sifting(sieve) if sieve is not None and count else None
    best: list[Slot] = []
    for reach in STAGES:
        first, last = _days(request, near, reach)
        if first > last:
            return []
        choice = _Choice(load(request, first, last), avoid, near)
        inside = [start for start in choice.free if window and window.start <= start < window.end]
        best = (
            _sifted(sifting, choice, inside, count) if sifting else choice.best(inside or choice.free, count)
        )
        settled = sifting is None or best
        if (inside and settled) or len(best) == count or (sifting and sifting.is_enough):
            break
    return best


def _sifted(sifting: Sifting, choice: "_Choice", inside: Sequence[datetime], count: int) -> list[Slot]:
    """Of what is acceptable the best; outside of the window only if nothing in it is."""
    sifting.ask(choice, inside, count)
    if not (inside and sifting.accepted):
        sifting.ask(choice, choice.free.keys() - set(inside), count)
    starts = choice.best_starts(sifting.accepted, count)
    return [sifting.accepted[start] for start in starts]


def _days(request: Request, near: datetime, reach: int) -> tuple[date, date]:
    wished = min(max(request.local_date(near), request.today), request.last_day)
    days = timedelta(days=reach)
    return max(wished - days, request.today), min(wished + days, request.last_day)


class _Choice:
    """The free starts of a few days, with everybody who is free then."""

    def __init__(self, snapshot: Snapshot, avoid: Sequence[Period], near: datetime) -> None:
        self.free = _free(snapshot, avoid)
        self._snapshot = snapshot
        self._near = near

    def best(self, starts: Iterable[datetime], count: int) -> list[Slot]:
        return [self.slots(start)[0] for start in self.best_starts(starts, count)]

    def best_starts(self, starts: Iterable[datetime], count: int) -> list[datetime]:
        zone = self._snapshot.request.branch.zone
        return spread(sorted(starts, key=lambda start: rank(start, self._near, zone)), count)

    def slots(self, start: datetime) -> list[Slot]:
        """The best stylist first."""
        times = sorted(self.free[start], key=lambda time: preference(time, self._snapshot, start))
        return [Slot(time.staff, start, time.plan) for time in times]


def _free(snapshot: Snapshot, avoid: Sequence[Period]) -> Mapping[datetime, list[StaffTime]]:
    """Each free start once (incident C13), with everybody who is free then."""
    free: dict[datetime, list[StaffTime]] = defaultdict(list)
    for time in snapshot.staff:
        for start in free_starts_of(time, snapshot):
            span = Period(start, start + time.plan.duration)
            if not any(span.overlaps(other) for other in avoid):
                free[start].append(time)
    return free


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
