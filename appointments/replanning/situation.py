"""What can be done about an outage: the affected appointments, and where each could go.

Asks the solver for everything, as if the absence stood in the diary already and the affected appointments
had given up their time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from appointments.availability import Request, Slot
from appointments.availability.alternatives import day_part
from appointments.availability.day_by_day import DayByDay
from appointments.availability.several import load_several
from appointments.availability.snapshot import Snapshot, StaffTime, local_day
from appointments.availability.solver import free_ranges, is_free
from appointments.models import Appointment, Service
from appointments.models.appointment import BLOCKING
from appointments.replanning.affected import Away, affected_by
from appointments.replanning.arranging import Claim, Place, Wish
from appointments.rules.periods import Period, subtract

# Looked through after the day of an appointment, for as long as somebody waits on the telephone.
FOLLOWING = timedelta(days=10)
# Places that are enough for a choice, and for each of those who compete for them.
ENOUGH = 100
ENOUGH_FOR_EACH = 15
# More than that is no sick day but a plan for the season; nobody reads such a page.
MOST = 60
# Of starts side by side one is as good as the other: kept are those at the quarter, and the ends of a gap.
QUARTER = 15

# What makes a place worse, in minutes: another day, another part of the day, not the stylist one wished for.
ANOTHER_DAY = 10_000
ANOTHER_PART = 1_000
ANOTHER_STYLIST = 90


class TooMany(Exception):
    """More than ``MOST`` appointments are affected."""


@dataclass(frozen=True, eq=False)
class Situation:
    """``snapshots`` by service, each without the stylist who is away. ``elsewhere``: when a customer has
    other appointments, by id.
    """

    away: Away
    now: datetime
    affected: Sequence[Appointment]
    snapshots: Mapping[int, Snapshot]
    elsewhere: Mapping[int, Sequence[Period]]

    @cached_property
    def wishes(self) -> list[Wish]:
        """In the order of ``affected``."""
        return [
            Wish(self._places(one), _claims(one.staff_id, one.plan.taken_at(one.starts_at)))
            for one in self.affected
        ]

    @cached_property
    def _free(self) -> Mapping[int, DayByDay]:
        return {service: DayByDay(snapshot) for service, snapshot in self.snapshots.items()}

    def is_possible(self, appointment: Appointment, slot: Slot) -> bool:
        """Whether the solver allows this, others who move left aside. Any start on the grid, not only those
        that were named.
        """
        snapshot = self.snapshots[appointment.service_id]
        for time in snapshot.staff:
            if time.staff.pk == slot.staff.pk:
                if slot.start == appointment.starts_at:
                    return self._keeps_time(appointment, time, snapshot)
                return is_free(time, snapshot, slot.start)
        return False

    def _keeps_time(self, appointment: Appointment, time: StaffTime, snapshot: Snapshot) -> bool:
        """Neither notice nor grid matter: the customer comes at this time anyway."""
        start = appointment.starts_at
        if start < self.now:
            return False
        at_once = replace(time, earliest=self.now)
        return any(one.first <= start <= one.last for one in free_ranges(at_once, snapshot))

    def _places(self, appointment: Appointment) -> list[Place]:
        """The best first. Day by day until there are enough, but all of the stylist who was booked."""
        snapshot = self.snapshots[appointment.service_id]
        places = list(self._at_the_same_time(appointment, snapshot))
        enough = max(ENOUGH, ENOUGH_FOR_EACH * len(self.affected))
        own_day = snapshot.request.local_date(appointment.starts_at)
        for day in [day for day in snapshot.days if day >= own_day]:
            is_enough = len(places) >= enough
            for time in snapshot.staff:
                if not is_enough or time.staff.pk == appointment.staff_id:
                    places += self._on(day, time, appointment)
        return sorted(places, key=lambda place: (not place.keeps_time, place.cost, place.what.staff.pk))

    def _on(self, day: date, time: StaffTime, appointment: Appointment) -> Iterator[Place]:
        free = self._free[appointment.service_id]
        busy = self.elsewhere.get(appointment.customer_id or 0, ())
        for start in _worth_naming(free.starts(time, day), free.snapshot):
            span = Period(start, start + time.plan.duration)
            if start != appointment.starts_at and not any(map(span.overlaps, busy)):
                yield _at_another_time(appointment, time, start)

    def _at_the_same_time(self, appointment: Appointment, snapshot: Snapshot) -> Iterable[Place]:
        """Whoever has the emptiest day comes first."""
        day = local_day(snapshot.request, appointment.starts_at)
        for time in snapshot.staff:
            if self._keeps_time(appointment, time, snapshot):
                slot = Slot(time.staff, appointment.starts_at, time.plan)
                minutes = int(time.booked_time(day).total_seconds()) // 60
                yield Place(_claims(time.staff.pk, time.plan.taken_at(slot.start)), True, minutes, slot)


def look_at(away: Away, *, now: datetime) -> Situation:
    """Fourteen queries at most, however many are affected. Raises ``TooMany``.

    What it says is old at once unless the stylists are locked.
    """
    affected = affected_by(away, now=now)
    if len(affected) > MOST:
        raise TooMany(len(affected))
    if not affected:
        return Situation(away, now, (), {}, {})
    return Situation(away, now, affected, _snapshots(away, affected, now), _elsewhere(affected))


def _snapshots(away: Away, affected: Sequence[Appointment], now: datetime) -> dict[int, Snapshot]:
    branch = away.staff.branch
    services: dict[int, Service] = {}
    for one in affected:
        services.setdefault(one.service_id, one.service)
    leaving = frozenset(one.pk for one in affected)
    requests = [
        Request(branch=branch, service=service, now=now, leaving=leaving) for service in services.values()
    ]
    days = [requests[0].local_date(one.starts_at) for one in affected]
    snapshots = load_several(requests, max(min(days), requests[0].today), max(days) + FOLLOWING)
    return {
        snapshot.request.service.pk: replace(
            snapshot, staff=[_without(time, away) for time in snapshot.staff]
        )
        for snapshot in snapshots
    }


def _without(time: StaffTime, away: Away) -> StaffTime:
    if time.staff.pk != away.staff.pk:
        return time
    return replace(time, working=subtract(time.working, [away.period]))


def _elsewhere(affected: Sequence[Appointment]) -> dict[int, list[Period]]:
    """Nobody is sent to two stylists at once, by us. One query."""
    first = affected[0].starts_at - FOLLOWING
    rows = (
        Appointment.objects.filter(
            customer__in={one.customer_id for one in affected if one.customer_id},
            status__in=BLOCKING,
            starts_at__range=(first, affected[-1].starts_at + 2 * FOLLOWING),
        )
        .exclude(pk__in=[one.pk for one in affected])
        .values_list("customer_id", "starts_at", "ends_at")
    )
    busy: dict[int, list[Period]] = defaultdict(list)
    for customer_id, start, end in rows:
        busy[customer_id or 0].append(Period(start, end))
    return busy


def _worth_naming(starts: Sequence[datetime], snapshot: Snapshot) -> list[datetime]:
    step = timedelta(minutes=snapshot.request.branch.slot_minutes)
    zone = snapshot.request.branch.zone
    free = set(starts)
    return [
        start
        for start in starts
        if start.astimezone(zone).minute % QUARTER == 0
        or start - step not in free
        or start + step not in free
    ]


def _at_another_time(appointment: Appointment, time: StaffTime, start: datetime) -> Place:
    slot = Slot(time.staff, start, time.plan)
    claims = _claims(time.staff.pk, time.plan.taken_at(start))
    if appointment.customer_id is not None:
        claims += (Claim(("customer", appointment.customer_id), Period(start, slot.end)),)
    return Place(claims, keeps_time=False, cost=_cost(appointment, slot), what=slot)


def _claims(staff_id: int, periods: Iterable[Period]) -> tuple[Claim, ...]:
    return tuple(Claim(("staff", staff_id), period) for period in periods)


def _cost(appointment: Appointment, slot: Slot) -> int:
    """The nearest day, on another one the same part of the day, then the nearest time. Whoever wished for
    this stylist waits an hour and a half rather than go to another one.
    """
    zone = appointment.branch.zone
    old, new = appointment.starts_at.astimezone(zone), slot.start.astimezone(zone)
    days = (new.date() - old.date()).days
    minutes = abs((new.hour - old.hour) * 60 + new.minute - old.minute)
    stranger = appointment.staff_wished and slot.staff.pk != appointment.staff_id
    part = days > 0 and day_part(new) != day_part(old)
    return days * ANOTHER_DAY + part * ANOTHER_PART + minutes + stranger * ANOTHER_STYLIST
