"""What is free for those who wait. Asks the solver about their days, whatever it was that became free."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from appointments.access import Access
from appointments.availability import Request, Slot
from appointments.availability.day_by_day import DayByDay
from appointments.availability.several import load_several
from appointments.models import Appointment, Branch, Service, WaitlistEntry
from appointments.models.waitlist import WaitlistQuerySet
from appointments.rules.hours import days_between, instant
from appointments.rules.periods import Period

# Whoever waits for a day farther away is looked for when it comes nearer.
AHEAD = timedelta(days=42)
# Of one branch, the longest waiting first; nobody calls more in a day.
MOST = 200
# Proposals for each, so far apart that they are a choice.
SLOTS = 3
APART = timedelta(hours=1)

RELATED = ("branch__company", "customer", "service", "staff")


class Match(NamedTuple):
    """``slots`` are free now and fit, by time."""

    entry: WaitlistEntry
    slots: Sequence[Slot]


class Freed(NamedTuple):
    """A stylist's time that an appointment has left."""

    branch: Branch
    staff_id: int
    period: Period

    @classmethod
    def by(cls, appointment: Appointment) -> "Freed":
        """What it takes now, before it is cancelled or moved."""
        taken = appointment.plan.taken_at(appointment.starts_at)
        return cls(appointment.branch, appointment.staff_id, Period(taken[0].start, taken[-1].end))


def waiting_for(access: Access) -> WaitlistQuerySet:
    """Everybody who waits in the salons of this login, the longest first."""
    rows: WaitlistQuerySet = access.scope(WaitlistEntry.objects.waiting(), branch="branch")  # type: ignore[assignment]
    return rows.select_related(*RELATED).by_age()


def branches_waited_for() -> QuerySet[WaitlistEntry, int]:
    """Their ids."""
    return WaitlistEntry.objects.waiting().order_by().values_list("branch_id", flat=True).distinct()


def matches(entries: Iterable[WaitlistEntry], *, now: datetime) -> list[Match]:
    """Those of ``entries`` for whom something is free, in their order. Eleven queries for each branch."""
    by_branch: dict[int, list[WaitlistEntry]] = defaultdict(list)
    ordered = list(entries)
    for entry in ordered:
        by_branch[entry.branch_id].append(entry)
    free = {match.entry.pk: match for group in by_branch.values() for match in _matches_of_branch(group, now)}
    return [free[entry.pk] for entry in ordered if entry.pk in free]


def fitting_into(freed: Freed, *, now: datetime) -> list[Match]:
    """Who could come in this very time, to this stylist: whoever has waited longest first."""
    day = freed.period.start.astimezone(freed.branch.zone).date()
    rows = WaitlistEntry.objects.waiting().by_age().select_related(*RELATED)
    entries = list(rows.filter(branch=freed.branch, first_day__lte=day, last_day__gte=day)[:MOST])
    if not entries or freed.period.end <= now:
        return []
    board = _Board(entries, now, first=day, last=day)
    found = [
        Match(entry, [slot for slot in board.slots_of(entry, [day]) if _is_in(slot, freed)])
        for entry in entries
    ]
    return [match for match in found if match.slots]


def _is_in(slot: Slot, freed: Freed) -> bool:
    return slot.staff.pk == freed.staff_id and Period(slot.start, slot.end).overlaps(freed.period)


def _matches_of_branch(entries: Sequence[WaitlistEntry], now: datetime) -> Iterator[Match]:
    today = now.astimezone(entries[0].branch.zone).date()
    first = max(min(entry.first_day for entry in entries), today)
    last = min(max(entry.last_day for entry in entries), today + AHEAD)
    if first > last:
        return
    board = _Board(entries, now, first=first, last=last)
    for entry in entries:
        days = days_between(max(entry.first_day, first), min(entry.last_day, last))
        slots = _choice(board.slots_of(entry, days))
        if slots:
            yield Match(entry, slots)


def _choice(slots: Iterable[Slot]) -> list[Slot]:
    chosen: list[Slot] = []
    for slot in slots:
        if not chosen or slot.start - chosen[-1].start >= APART:
            chosen.append(slot)
        if len(chosen) == SLOTS:
            break
    return chosen


class _Board:
    """What is free in one branch, for all services that are waited for."""

    def __init__(self, entries: Sequence[WaitlistEntry], now: datetime, *, first: date, last: date) -> None:
        branch = entries[0].branch
        services: dict[int, Service] = {}
        for entry in entries:
            services.setdefault(entry.service_id, entry.service)
        requests = [Request(branch=branch, service=service, now=now) for service in services.values()]
        self._zone = branch.zone
        self._free = {
            snapshot.request.service.pk: DayByDay(snapshot)
            for snapshot in load_several(requests, first, last)
        }

    def slots_of(self, entry: WaitlistEntry, days: Iterable[date]) -> Iterator[Slot]:
        """By time, of equal ones by the stylist's number: wholly between the two times of a day."""
        free = self._free[entry.service_id]
        for day in days:
            begins = instant(day, entry.from_minute, self._zone)
            ends = instant(day, entry.until_minute, self._zone, fold=1)
            slots = [
                Slot(time.staff, start, time.plan)
                for time in free.snapshot.staff
                if entry.staff_id in {None, time.staff.pk}
                for start in _between(free.starts(time, day), begins, ends - time.plan.duration)
            ]
            yield from sorted(slots, key=lambda slot: (slot.start, slot.staff.pk))


def _between(starts: Sequence[datetime], first: datetime, last: datetime) -> Sequence[datetime]:
    """Both included."""
    return starts[bisect_left(starts, first) : bisect_right(starts, last)]
