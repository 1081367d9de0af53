"""Who Cal.com is told is coming."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.models import Appointment
from integrations.calcom.types import Order
from integrations.convergence.wanted import Segment

LONGEST_NAME = 200


def order_for(appointment: Appointment, segment: Segment, reference: str) -> Order:
    """The create for one run. Metadata are strings: anything else is refused (incident F10)."""
    customer = appointment.customer
    own_phone = customer.phone if customer else None
    return Order(
        event_type_id=segment.event_type_id,
        start=segment.start,
        name=_name(appointment),
        email=(customer.email if customer else None) or _synthetic_email(appointment),
        phone=own_phone or appointment.contact_phone or "",
        time_zone=str(appointment.branch.zone),
        language="de",
        metadata={"terminfest_id": reference, "terminfest_appointment": str(appointment.pk)},
    )


def _name(appointment: Appointment) -> str:
    if appointment.attendee:
        return appointment.attendee[:LONGEST_NAME]
    with translation.override(settings.LANGUAGE_CODE):
        return _("Customer")


def _synthetic_email(appointment: Appointment) -> str:
    """Most event types refuse a booking without one (``calcom.md``, point 6). The same for a customer
    each time; it says nothing about them.
    """
    whose = f"kunde-{appointment.customer_id}" if appointment.customer_id else f"termin-{appointment.pk}"
    return f"{whose}@{settings.CALENDAR_ATTENDEE_DOMAIN}"
