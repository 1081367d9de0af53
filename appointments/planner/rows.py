"""The rows of a day that a login may see; each is one query, served by an index."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from appointments.access import Access
from appointments.models import Absence, Appointment, Branch, Reservation
from appointments.models.appointment import Status
from appointments.rules.hours import midnight
from appointments.rules.periods import Period

DAY = timedelta(days=1)
# What frees its time is no longer part of the day.
GONE = (Status.CANCELLED, Status.REJECTED)


def span_of(branch: Branch, day: date) -> Period:
    """From local midnight to local midnight."""
    return Period(midnight(day, branch.zone), midnight(day + DAY, branch.zone))


def appointments_of(access: Access, branch: Branch, span: Period) -> QuerySet[Appointment]:
    """No plan is longer than a day, so older starts need not be looked through."""
    rows = Appointment.objects.filter(
        branch=branch, starts_at__gt=span.start - DAY, starts_at__lt=span.end, ends_at__gt=span.start
    ).exclude(status__in=GONE)
    return access.scope(rows, branch="branch", staff="staff").order_by("starts_at", "pk")


def holds_of(access: Access, branch: Branch, span: Period, now: datetime) -> QuerySet[Reservation]:
    rows = Reservation.objects.live(now).filter(branch=branch, starts_at__lt=span.end, ends_at__gt=span.start)
    return access.scope(rows, branch="branch", staff="staff").order_by("starts_at", "pk")


def absences_of(access: Access, branch: Branch, span: Period) -> QuerySet[Absence]:
    rows = Absence.objects.filter(staff__branch=branch).overlapping(span.start, span.end)
    scoped = access.scope(rows, company="staff__company", branch="staff__branch", staff="staff")
    return scoped.order_by("starts_at", "pk")
