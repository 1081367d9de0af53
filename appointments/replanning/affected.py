"""Somebody is away: which appointments need them in that time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from appointments.access import Access
from appointments.booking.around import LONGEST
from appointments.models import Absence, Appointment, OutageDecision, Staff
from appointments.models.appointment import BLOCKING
from appointments.models.outage import Choice
from appointments.rules.periods import Period, subtract

RELATED = ("company", "branch__company", "staff__branch__company", "service", "customer")


@dataclass(frozen=True, slots=True)
class Away:
    """``staff`` is not there in ``period``, half-open and in UTC."""

    staff: Staff
    period: Period
    reason: str = ""


def affected_by(away: Away, *, now: datetime) -> list[Appointment]:
    """Blocking appointments that are not over and need the stylist meanwhile, by start. A perm in whose gap
    the stylist is away is none. Two queries.
    """
    start, end = away.period
    rows = (
        Appointment.objects.blocking()
        .filter(staff=away.staff, ends_at__gt=max(now, start))
        .filter(starts_at__lt=end, starts_at__gt=start - LONGEST)
        .select_related(*RELATED)
        .prefetch_related("phases")
        .order_by("starts_at", "pk")
    )
    return [one for one in rows if needs_stylist_in(one, away.period)]


def needs_stylist_in(appointment: Appointment, period: Period) -> bool:
    stretches = appointment.plan.busy_stretches()
    return any(stretch.at(appointment.starts_at).overlaps(period) for stretch in stretches)


def is_known(away: Away) -> bool:
    """Whether the diary says already that they are not there. One query."""
    rows = Absence.objects.filter(staff=away.staff).overlapping(*away.period)
    return not subtract([away.period], _periods(rows))


def _periods(absences: Iterable[Absence]) -> list[Period]:
    return [Period(absence.starts_at, absence.ends_at) for absence in absences]


def uncovered(access: Access, *, now: datetime) -> QuerySet[Appointment]:
    """Appointments to come whose stylist is away, as long as nobody has said that they take place.

    From the few absences that are not over to the appointments under them, by the index on stylist and
    start.
    """
    away = access.scope(Absence.objects.filter(ends_at__gt=now), company="staff__company")
    under = away.filter(
        # Says no more than the end does, but an index knows it.
        Q(staff__appointment__starts_at__gt=now - LONGEST),
        # What the stylist does not have to be there for, the gap of a perm, may lie in an absence.
        Q(staff__appointment__phases__busy=True) | Q(staff__appointment__blocks_span=True),
        staff__appointment__status__in=BLOCKING,
        staff__appointment__starts_at__lt=F("ends_at"),
        staff__appointment__starts_at__gt=F("starts_at") - LONGEST,
        staff__appointment__phases__starts_at__lt=F("ends_at"),
        staff__appointment__phases__ends_at__gt=F("starts_at"),
        staff__appointment__ends_at__gt=now,
    )
    rows = Appointment.objects.filter(_is_one_of(under.values("staff__appointment__pk")))
    return access.scope(rows, branch="branch", staff="staff").exclude(Exists(_left()))


def _is_one_of(ids: QuerySet[Any, Any]) -> Func:
    """``id = ANY(ARRAY(…))``: found first and once, in whatever order the rows are asked for. With a plain
    ``IN`` the planner walks through all that is to come.
    """
    return Func(
        F("pk"),
        ArraySubquery(ids),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def _left() -> QuerySet[OutageDecision]:
    """That it takes place all the same; of the time and the stylist that it has today."""
    return OutageDecision.objects.filter(
        appointment=OuterRef("pk"),
        choice=Choice.STAY,
        old_starts_at=OuterRef("starts_at"),
        old_staff=OuterRef("staff"),
    )


def left_as_is(appointments: Iterable[Appointment]) -> set[int]:
    """Ids of those of which somebody has said that they take place. One query."""
    rows = Appointment.objects.filter(pk__in=[one.pk for one in appointments])
    return set(rows.filter(Exists(_left())).values_list("pk", flat=True))
