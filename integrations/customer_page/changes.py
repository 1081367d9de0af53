"""What a customer may do online: what they may by phone, as long as it has not begun."""

from datetime import datetime

from django.utils.translation import gettext as _

from appointments import booking
from appointments.models import Appointment
from appointments.models.appointment import Status


def confirm(appointment: Appointment, now: datetime) -> None:
    """Raises ``BookingError``, as the others do. Saying so twice changes nothing."""
    _insist_on_ahead(appointment, now)
    booking.mark(appointment, Status.CONFIRMED, now=now)


def cancel(appointment: Appointment, now: datetime) -> None:
    _insist_on_ahead(appointment, now)
    booking.cancel(appointment, now=now, for_customer=True)


def move(appointment: Appointment, start: datetime, now: datetime) -> None:
    _insist_on_ahead(appointment, now)
    booking.reschedule(appointment, booking.Move(start=start), now=now, for_customer=True)


def _insist_on_ahead(appointment: Appointment, now: datetime) -> None:
    if appointment.starts_at <= now:
        raise booking.NotAllowed(_("This appointment is over."))
