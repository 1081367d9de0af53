"""Noting, in the writer's own transaction, that a customer may have to hear of a change."""

from datetime import timedelta

from django.utils import timezone

from appointments.models import Appointment
from integrations.messaging.schedules import NOTHING, UNKNOWN
from integrations.models import AppointmentNotice, Messaging

# Whoever books and corrects, or moves and takes back, is done by then: one message instead of three.
GRACE = timedelta(seconds=60)


def note_change(appointment: Appointment) -> None:
    """The hook of ``appointments.hooks.on_change``. An appointment made before its branch wrote to
    anybody is one of which the customer knows already.
    """
    if appointment.customer_id is None or not Messaging.objects.filter(branch=appointment.branch_id).exists():
        return
    due_at = timezone.now() + GRACE
    AppointmentNotice.objects.bulk_create(
        [
            AppointmentNotice(
                company_id=appointment.company_id,
                appointment=appointment,
                told=NOTHING if appointment.revision == 1 else UNKNOWN,
                due_at=due_at,
            )
        ],
        update_conflicts=True,
        unique_fields=["appointment"],
        update_fields=["due_at"],
    )
