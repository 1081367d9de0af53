"""Whoever booked at Cal.com, as a customer of the salon."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from appointments import booking
from appointments.models import Company, Customer
from appointments.models.appointment import Source
from appointments.phones import normalize_phone
from integrations.incoming.seen import Seen

NAME_LENGTH = 200
EMAIL_LENGTH = 254
# Cal.com makes these up for whoever leaves only a number (``calcom.md`` §5).
CALCOM_PHONE_DOMAIN = "sms.cal.com"


@dataclass(frozen=True, slots=True)
class Attendee:
    """``phone`` in E.164, ``email`` a real one in lower case; None if there is none."""

    name: str
    phone: str | None
    email: str | None


def attendee_of(seen: Seen) -> Attendee:
    return Attendee(
        name=" ".join(seen.name.split())[:NAME_LENGTH],
        phone=normalize_phone(seen.phone),
        email=_real_email(seen.email),
    )


def _real_email(text: str) -> str | None:
    """Addresses that we or Cal.com made up are nobody's."""
    email = text.strip().casefold()
    domain = email.rpartition("@")[2]
    if domain in {settings.CALENDAR_ATTENDEE_DOMAIN.casefold(), CALCOM_PHONE_DOMAIN}:
        return None
    try:
        validate_email(email)
    except ValidationError:
        return None
    return email if len(email) <= EMAIL_LENGTH else None


def visit_of(seen: Seen, company: Company, *, now: datetime) -> booking.Visit:
    """Who comes. The number was typed into a form: it finds a customer, it proves nothing."""
    attendee = attendee_of(seen)
    customer = customer_of(attendee, company, now=now)
    renamed = customer is None or customer.name.casefold() != attendee.name.casefold()
    other_phone = customer is None or customer.phone != attendee.phone
    return booking.Visit(
        source=Source.CALENDAR,
        customer=customer,
        attendee_name=attendee.name if renamed else "",
        contact_phone=attendee.phone if other_phone else None,
        # Each stylist has event types of their own: whoever booked chose one.
        staff_wished=True,
    )


def customer_of(attendee: Attendee, company: Company, *, now: datetime) -> Customer | None:
    """By number, else by e-mail if that is one customer's only, else a new one; None without a name.

    The record found is left as it is (incident H6). Only within the company (incident I7).
    """
    found = _by_phone(attendee, company) or _by_email(attendee, company)
    if found is not None or not attendee.name:
        return found
    return booking.find_or_create_customer(
        company, name=attendee.name, phone=attendee.phone, email=attendee.email, now=now
    )


def _by_phone(attendee: Attendee, company: Company) -> Customer | None:
    if attendee.phone is None:
        return None
    return Customer.objects.of_number(company, attendee.phone)


def _by_email(attendee: Attendee, company: Company) -> Customer | None:
    """An address that a family shares says nothing about who it is."""
    if attendee.email is None:
        return None
    matches = Customer.objects.filter(company=company, email__iexact=attendee.email)[:2]
    return matches[0] if len(matches) == 1 else None
