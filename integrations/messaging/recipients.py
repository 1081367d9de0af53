"""Who is written to, in which language, and whether they want it."""

from dataclasses import dataclass

from appointments.models import Appointment
from integrations.models import ContactPreference, Language, MessageKind


@dataclass(frozen=True, slots=True)
class Recipient:
    address: str
    language: str


def recipient_of(appointment: Appointment, kind: str) -> Recipient | None:
    """None: no address, not wanted, or a reminder to which nobody agreed."""
    customer = appointment.customer
    if customer is None or not customer.email:
        return None
    preference = ContactPreference.objects.filter(customer=customer.pk).first()
    if preference is None:
        return None if kind == MessageKind.REMINDER else Recipient(customer.email, Language.GERMAN)
    agreed = preference.reminders_agreed_at is not None if kind == MessageKind.REMINDER else True
    return Recipient(customer.email, preference.language) if preference.wants_messages and agreed else None
