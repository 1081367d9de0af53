"""No more of these: the link that stands in every message, and what it does. It never ends.

The key is short, because an SMS has little room: 96 bits of an HMAC over the message's number, which nobody
guesses over a network. Whoever has it can say of one address that it wants nothing more, or again.
"""

from base64 import urlsafe_b64encode
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from appointments.models import Customer
from integrations.models import ContactPreference, Medium, Message, OptOut

_SALT = "terminfest.no-more-messages"
_BYTES = 12
# On the pages behind these links there is a button for it.
_PAGES = ("/termin/", "/angebot/")


def outgoing_text(message: Message) -> str:
    """As it leaves: what was written, and below it how to hear no more."""
    with translation.override(message.language):
        return message.text + footer(message.medium, message.text, stop_link(message))


def footer(medium: str, text: str, link: str) -> str:
    """In the language that is active. An SMS that leads to one of our pages needs no second link."""
    if medium == Medium.EMAIL:
        return "\n\n" + _("No more e-mails from us: %(link)s") % {"link": link}
    if any(settings.PUBLIC_URL.rstrip("/") + page in text for page in _PAGES):
        return ""
    return "\n" + _("No more SMS: %(link)s") % {"link": link}


def stop_link(message: Message) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("stop-messages", args=[sign(message.pk)])


def sign(message_id: int) -> str:
    value = int_to_base36(message_id)
    return f"{value}.{_signature(value, settings.SECRET_KEY)}"


def read(token: str) -> int | None:
    """The message's primary key; None for what we did not sign."""
    value, _dot, given = token.partition(".")
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if len(value) > 12 or not any(constant_time_compare(_signature(value, key), given) for key in keys):
        return None
    return base36_to_int(value)


def _signature(value: str, key: str) -> str:
    digest = salted_hmac(_SALT, value, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:_BYTES]).decode()


def set_stopped(message: Message, *, stopped: bool, now: datetime) -> None:
    """Whoever got ``message`` wants no more by its medium, or wants them again."""
    if message.customer is not None:
        set_customer_stopped(message.customer, message.medium, stopped=stopped, now=now)
        return
    facts = {"company_id": message.company_id, "medium": message.medium, "address": message.recipient}
    if stopped:
        OptOut.objects.get_or_create(**facts, defaults={"created_at": now})
    else:
        OptOut.objects.filter(**facts).delete()


def set_customer_stopped(customer: Customer, medium: str, *, stopped: bool, now: datetime) -> None:
    """Saying so twice keeps the first moment."""
    preference, _created = ContactPreference.objects.get_or_create(
        customer=customer, defaults={"company_id": customer.company_id}
    )
    field = "no_sms_since" if medium == Medium.SMS else "no_email_since"
    if medium == Medium.SMS and not stopped and customer.phone:
        # Also what was said from this number before it was known whose it is.
        OptOut.objects.filter(company=customer.company_id, medium=medium, address=customer.phone).delete()
    if stopped == (getattr(preference, field) is not None):
        return
    setattr(preference, field, now if stopped else None)
    preference.save(update_fields=[field])


def is_stopped_for(message: Message) -> bool:
    facts = {"company": message.company_id, "medium": message.medium, "address": message.recipient}
    said_as_caller = OptOut.objects.filter(**facts)
    if message.customer is None:
        return said_as_caller.exists()
    field = "no_sms_since" if message.medium == Medium.SMS else "no_email_since"
    preference = ContactPreference.objects.filter(customer=message.customer, **{f"{field}__isnull": False})
    return preference.exists() or said_as_caller.exists()
