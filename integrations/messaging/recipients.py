"""Who is written to, by what, in which language, and whether they want it. Said once for one customer and
once for the database, which looks for reminders.
"""

import re
from dataclasses import dataclass

from django.db.models import Q

from appointments.models import Customer
from integrations.messaging.stopping import is_stopped_for
from integrations.models import (
    ContactPreference,
    Language,
    Medium,
    Message,
    MessageKind,
    Messaging,
    OptOut,
    SmsGateway,
    Wish,
)

# Of German numbers only mobile ones get SMS unasked; of others nobody can tell by looking. PostgreSQL reads
# it as Python does.
TEXTABLE = r"^\+(491[567]|(?!49))"


@dataclass(frozen=True, slots=True)
class Recipient:
    address: str
    language: str
    medium: str = Medium.EMAIL

    def is_that_of(self, message: Message) -> bool:
        return (self.medium, self.address) == (message.medium, message.recipient)


def ways_of(messaging: Messaging | None) -> frozenset[str]:
    """By what this branch can write at present."""
    if messaging is None:
        return frozenset()
    company = messaging.branch.company_id
    by_sms = messaging.sms and SmsGateway.objects.filter(company=company, active=True).exists()
    return frozenset(way for way, on in ((Medium.EMAIL, messaging.email), (Medium.SMS, by_sms)) if on)


def recipient_of(customer: Customer | None, kind: str, ways: frozenset[str]) -> Recipient | None:
    """None: no way, not wanted, or a reminder to which nobody agreed."""
    if customer is None or not ways:
        return None
    preference = ContactPreference.objects.filter(customer=customer.pk).first()
    recipient = choose(customer, preference, kind, ways)
    if recipient is None or recipient.medium != Medium.SMS:
        return recipient
    # Whoever stopped it as a caller whom nobody knew meant the same.
    return None if _has_stopped(customer.company_id, recipient.address) else recipient


def recipient_now(message: Message, messaging: Messaging) -> Recipient | None:
    """To whom it would go if it were written now: the number was corrected since, or another way chosen.
    None: the way is gone, or whoever it is for has said no.
    """
    ways = ways_of(messaging)
    customer = message.appointment.customer if message.appointment else message.customer
    if customer is not None or message.appointment is not None:
        return recipient_of(customer, message.kind, ways)
    if message.medium not in ways or is_stopped_for(message):
        return None
    return Recipient(message.recipient, message.language, message.medium)


def choose(
    customer: Customer, preference: ContactPreference | None, kind: str, ways: frozenset[str]
) -> Recipient | None:
    """The rule itself; asks nobody. Who does not want e-mails gets no SMS in their place."""
    preference = preference or ContactPreference()
    agreed = kind != MessageKind.REMINDER or preference.reminders_agreed_at is not None
    medium = _medium_for(customer, preference, ways)
    if medium is None or not agreed or not preference.wants_messages:
        return None
    if medium == Medium.SMS:
        address, stopped = customer.phone, preference.no_sms_since
    else:
        address, stopped = customer.email, preference.no_email_since
    return Recipient(address, preference.language, medium) if address and stopped is None else None


def _medium_for(customer: Customer, preference: ContactPreference, ways: frozenset[str]) -> Medium | None:
    if Medium.EMAIL in ways and customer.email and preference.medium != Wish.SMS:
        return Medium.EMAIL
    if Medium.SMS not in ways or not customer.phone or preference.medium == Wish.EMAIL:
        return None
    return Medium.SMS if preference.medium == Wish.SMS or can_text(customer.phone) else None


def stranger(company_id: int, phone: str, ways: frozenset[str]) -> Recipient | None:
    """A number that is nobody's, as far as we know."""
    if Medium.SMS not in ways or not can_text(phone) or _has_stopped(company_id, phone):
        return None
    return Recipient(phone, Language.GERMAN, Medium.SMS)


def can_text(number: str) -> bool:
    return re.match(TEXTABLE, number) is not None


def _has_stopped(company_id: int, number: str) -> bool:
    return OptOut.objects.filter(company=company_id, medium=Medium.SMS, address=number).exists()


def agreed_and_reachable(ways: frozenset[str]) -> Q:
    """Of ``ContactPreference``: who is to be reminded, as ``recipient_of`` says of each."""
    by_email = Q(no_email_since=None, customer__email__isnull=False) & ~Q(medium=Wish.SMS)
    if Medium.EMAIL not in ways:
        by_email = Q(pk__in=[])
    reached = by_email
    if Medium.SMS in ways:
        no_email = Q(customer__email__isnull=True) if Medium.EMAIL in ways else Q()
        unasked = Q(medium=Wish.ANY, customer__phone__regex=TEXTABLE) & no_email
        asked = Q(medium=Wish.SMS, customer__phone__isnull=False)
        reached |= Q(no_sms_since=None) & (unasked | asked)
    return Q(reminders_agreed_at__isnull=False, wants_messages=True) & reached
