"""Whether reminding helps: the words that the dashboard's tile and the filter of the list share."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from appointments.insights.rows import HELD
from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.models import GONE, Message, MessageKind

# Somebody was expected: they came, or they did not.
EXPECTED = (*HELD, Status.NO_SHOW.value)


def expected(rows: QuerySet[Appointment], now: datetime) -> QuerySet[Appointment]:
    """Those that have begun and were not cancelled before."""
    return rows.filter(starts_at__lte=now, status__in=EXPECTED)


def was_reminded() -> Exists:
    """Of this very time, and the reminder left."""
    return Exists(
        Message.objects.filter(
            appointment=OuterRef("pk"),
            kind=MessageKind.REMINDER,
            state__in=GONE,
            starts_at=OuterRef("starts_at"),
        )
    )
