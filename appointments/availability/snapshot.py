"""Everything the solver needs to know, read in a fixed number of queries.

Staff (with their own durations), phases, opening hours, working hours, absences, allocations: six,
however many people and days are asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from appointments.availability.request import Request
from appointments.availability.working import absences_of, holidays_of, opening_of, shifts_of
from appointments.models import Allocation, Policy, Service, ServicePhase, Staff, StaffServicePhases
from appointments.rules.hours import days_between, midnight
from appointments.rules.periods import Period, subtract
from appointments.rules.phases import Plan

DAY = timedelta(days=1)
# A plan longer than this is not looked at beyond the end of the day after.
MARGIN = DAY


@dataclass(frozen=True, slots=True)
class StaffTime:
    """One stylist: what the service takes, when there is time for it, and what is taken.

    ``own_holds`` are the asking conversation's, ``overdue`` expired ones with their ids; neither is
    in the way.
    """

    staff: Staff
    plan: Plan
    working: Sequence[Period]
    busy: Sequence[Period]
    own_holds: Sequence[Period]
    overdue: Sequence[tuple[int, Period]]
    # The first instant that respects the minimum notice, a service's or a stylist's own included.
    earliest: datetime

    def booked_time(self, day: Period) -> timedelta:
        """How much of a local day is taken: who has least is offered first."""
        return sum(
            (
                min(taken.end, day.end) - max(taken.start, day.start)
                for taken in self.busy
                if taken.overlaps(day)
            ),
            timedelta(0),
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``opening`` and all periods of the stylists are merged, sorted and in UTC."""

    request: Request
    days: Sequence[date]
    opening: Sequence[Period]
    staff: Sequence[StaffTime]
    holidays: dict[date, str] = field(default_factory=dict)

    @property
    def span(self) -> Period:
        """From the first local midnight to the last."""
        zone = self.request.branch.zone
        return Period(midnight(self.days[0], zone), midnight(self.days[-1] + DAY, zone))


class Able(NamedTuple):
    """Somebody who offers a service, and what it takes them. ``notice``: their own or the service's."""

    staff: Staff
    minutes: Sequence[int] | None
    notice: int | None


def load(request: Request, first: date, last: date) -> Snapshot:
    """The facts for starts from ``first`` to ``last``, local days, both included."""
    with_phases([request.service])
    able = [Able(person, person.own_minutes, person.own_notice) for person in _staff(request)]
    (snapshot,) = assemble([(request, able)], first, last)
    return snapshot


def with_phases(services: Iterable[Service]) -> None:
    prefetch_related_objects(list(services), Prefetch("phases", ServicePhase.objects.order_by("position")))


def assemble(asked: Sequence[tuple[Request, Sequence[Able]]], first: date, last: date) -> list[Snapshot]:
    """A snapshot for each request: of one branch, one ``now``, and the same bookings left aside. Four
    queries; phases are to be there already (:func:`with_phases`).
    """
    request = asked[0][0]
    days = days_between(first, last)
    around = days_between(first - MARGIN, last + MARGIN)
    holidays = holidays_of(request.branch.company, around)
    open_days = [day for day in around if day not in holidays]
    people = {one.staff.pk: one.staff for _request, able in asked for one in able}
    plans = {
        (each.service.pk, one.staff.pk): each.service.plan(each.branch, one.minutes)
        for each, able in asked
        for one in able
    }
    span = Period(midnight(first - DAY, request.branch.zone), midnight(last + 2 * DAY, request.branch.zone))
    opening = opening_of(request.branch, open_days)
    own_hours = [pk for pk, person in people.items() if not person.follows_branch_hours]
    shifts = shifts_of(request.branch, own_hours, open_days)
    absences = absences_of(list(people), span)
    taken = _taken(request, list(people), _reach(request, plans.values(), first, last))
    working = {
        pk: subtract(opening if person.follows_branch_hours else shifts[pk], absences[pk])
        for pk, person in people.items()
    }
    return [
        Snapshot(
            request=each,
            days=days,
            opening=opening,
            holidays=holidays,
            staff=[
                StaffTime(
                    staff=one.staff,
                    plan=plans[each.service.pk, one.staff.pk],
                    working=working[one.staff.pk],
                    busy=taken.busy[one.staff.pk],
                    own_holds=taken.own_holds[one.staff.pk],
                    overdue=taken.overdue[one.staff.pk],
                    earliest=_earliest(each, one.notice),
                )
                for one in able
                # A service whose phases have not been entered yet cannot be provided by anybody (E9).
                if plans[each.service.pk, one.staff.pk].stretches()
            ],
        )
        for each, able in asked
    ]


def _staff(request: Request) -> Any:
    own_minutes = StaffServicePhases.objects.filter(staff=OuterRef("pk"), service=request.service)
    people = (
        request.branch.staff.active()  # through the branch, so that each knows it without a join
        .able_to(request.service)
        .annotate(
            own_minutes=Subquery(own_minutes.values("minutes")[:1]),
            own_notice=Coalesce(_notice(staff=OuterRef("pk")), _notice(service=request.service)),
        )
        .order_by("pk")
    )
    if request.staff is not None:
        return people.filter(pk=request.staff.pk)
    return people.exclude(pk__in=request.excluded_staff) if request.excluded_staff else people


def _notice(**owner: Any) -> Subquery:
    return Subquery(Policy.objects.filter(**owner).values("minimum_notice_minutes")[:1])


def _earliest(request: Request, own_notice: int | None) -> datetime:
    """The stylist's own notice counts, else the service's, else the branch's."""
    notice = request.branch.minimum_notice_minutes if own_notice is None else own_notice
    return request.now + timedelta(minutes=notice)


def _reach(request: Request, plans: Iterable[Plan], first: date, last: date) -> Period:
    """The time that appointments with a start on these days can take, buffers included."""
    before = max((plan.buffer_before for plan in plans), default=0)
    after = max((plan.minutes + plan.buffer_after for plan in plans), default=0)
    zone = request.branch.zone
    return Period(
        midnight(first, zone) - timedelta(minutes=before),
        midnight(last + DAY, zone) + timedelta(minutes=after),
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the ledger, by stylist."""

    busy: dict[int, list[Period]]
    own_holds: dict[int, list[Period]]
    overdue: dict[int, list[tuple[int, Period]]]


def _taken(request: Request, staff_ids: Sequence[int], span: Period) -> Taken:
    taken = Taken(defaultdict(list), defaultdict(list), defaultdict(list))
    rows = Allocation.objects.of_staff(staff_ids).overlapping(span).order_by("during")
    aside = request.leaving | ({request.appointment_id} - {None})
    if aside:
        rows = rows.exclude(appointment__in=aside)
    # Both ends apart: reading a range takes the driver many times as long.
    ends = ("during__startswith", "during__endswith")
    facts = ("staff", *ends, "reservation", "reservation__holder", "reservation__expires_at")
    for staff_id, start, end, reservation_id, holder, expires_at in rows.values_list(*facts):
        period = Period(start, end)
        if expires_at is not None and expires_at <= request.now:
            taken.overdue[staff_id].append((reservation_id, period))
        elif request.holder and holder == request.holder:
            taken.own_holds[staff_id].append(period)
        else:
            taken.busy[staff_id].append(period)
    return taken


def local_day(request: Request, start: datetime) -> Period:
    day = request.local_date(start)
    zone = request.branch.zone
    return Period(midnight(day, zone), midnight(day + DAY, zone))
