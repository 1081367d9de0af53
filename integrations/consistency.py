"""How many of the appointments to come stand in the calendar as they were promised: the one definition."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from appointments.integrity import Agreement
from appointments.models import Appointment, Company
from appointments.models.appointment import BLOCKING
from appointments.models.company import CalendarMode
from integrations.calcom.errors import OutOfBounds
from integrations.models import BookingState, CalendarBooking, SyncState


def expected(rows: QuerySet[Appointment], now: datetime) -> QuerySet[Appointment]:
    """Blocking ones that have not ended, of branches whose calendar is on, without those that staff keep
    without an entry and those for whose time Cal.com takes no booking at all: a walk-in is no disagreement.
    """
    to_come = rows.filter(status__in=BLOCKING, ends_at__gt=now)
    of_calendar = to_come.exclude(branch__calendar=CalendarMode.OFF).exclude(calendar_sync__exempt=True)
    return of_calendar.exclude(
        calendar_sync__state=SyncState.NONE, calendar_sync__error_code=OutOfBounds.code
    )


def as_promised() -> Q:
    """Of the expected ones: it was seen in the calendar, and nothing has been missed there since."""
    missing = CalendarBooking.objects.filter(
        appointment=OuterRef("pk"), state=BookingState.EXISTS, missing_since__isnull=False
    )
    return Q(~Exists(missing), calendar_sync__state=SyncState.SYNCED)


def agreements(company: Company | None, now: datetime) -> Mapping[int, Agreement]:
    """By company; one query."""
    rows = Appointment.objects.all() if company is None else Appointment.objects.filter(company=company)
    counted = (
        expected(rows, now)
        .order_by()
        .values_list("company")
        .annotate(every=Count("pk"), verified=Count("pk", filter=as_promised()))
    )
    return {pk: Agreement(every, verified) for pk, every, verified in counted}
