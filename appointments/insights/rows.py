"""Which appointments a number counts: the words that the dashboard and the filters of the list share."""

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from appointments.models import Appointment, AppointmentPhase
from appointments.models.appointment import BLOCKING, Status

DAY = timedelta(days=1)
# What stands, or has taken place. Whoever did not come has kept nobody busy.
HELD = (*(status.value for status in BLOCKING), Status.COMPLETED.value)
# Everything that was booked, whatever became of it; a refused one never was.
MADE = tuple(status.value for status in Status if status != Status.REJECTED)

Rows = QuerySet[Appointment]


def held(rows: Rows) -> Rows:
    return rows.filter(status__in=HELD)


def made(rows: Rows) -> Rows:
    return rows.filter(status__in=MADE)


def with_gaps(rows: Rows) -> Rows:
    """Held ones during which the stylist can serve somebody else for a while.

    One that its calendar holds busy as a whole offers nothing.
    """
    gaps = AppointmentPhase.objects.filter(appointment=OuterRef("pk"), busy=False)
    return held(rows).filter(Exists(gaps), blocks_span=False)


def in_gaps(rows: Rows) -> Rows:
    """Held ones with a busy phase in the gap of another one of the same stylist.

    No appointment is longer than a day, so older ones need not be looked through.
    """
    busy = AppointmentPhase.objects.filter(
        appointment=OuterRef(OuterRef("pk")),
        busy=True,
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    gaps = AppointmentPhase.objects.filter(
        busy=False,
        appointment__status__in=HELD,
        appointment__blocks_span=False,
        appointment__staff=OuterRef("staff"),
        appointment__starts_at__gt=OuterRef("starts_at") - DAY,
        appointment__starts_at__lt=OuterRef("ends_at"),
        appointment__ends_at__gt=OuterRef("starts_at"),
    )
    others = gaps.exclude(appointment=OuterRef("pk")).filter(Exists(busy)).order_by()
    # A number for each row, by the index of its stylist. As a condition it would be joined: over every gap
    # that was ever sold, of all companies.
    counted = others.values("busy").annotate(number=Count("pk")).values("number")
    return held(rows).alias(gaps_around=Subquery(counted)).filter(gaps_around__gt=0)
