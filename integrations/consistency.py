"""How many of the appointments to come stand in the calendar as they were promised: the one definition."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from appointments.integrity import Agreement
from appointments.models import Appointment, Company
from appointments.models.company import CalendarMode
from integrations.models import BookingState, CalendarBooking, SyncState


def agreements(company: Company | None, now: datetime) -> Mapping[int, Agreement]:
    """By company; one query. Expected are blocking appointments that have not ended, of branches whose
    calendar is on, without those that staff keep without an entry.
    """
    expected = Appointment.objects.blocking().filter(ends_at__gt=now)
    if company is not None:
        expected = expected.filter(company=company)
    expected = expected.exclude(branch__calendar=CalendarMode.OFF).exclude(calendar_sync__exempt=True)
    missing = CalendarBooking.objects.filter(
        appointment=OuterRef("pk"), state=BookingState.EXISTS, missing_since__isnull=False
    )
    stands = Q(~Exists(missing), calendar_sync__state=SyncState.SYNCED)
    counted = (
        expected.order_by()
        .values_list("company")
        .annotate(every=Count("pk"), verified=Count("pk", filter=stands))
    )
    return {pk: Agreement(every, verified) for pk, every, verified in counted}
