"""Telling somebody what is about no appointment: a promised callback, a call in vain, an offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation

from appointments.models import Branch, Customer
from integrations.messaging.recipients import Recipient, recipient_of, stranger, ways_of
from integrations.messaging.wording import facts_of_branch, facts_of_name, filled, template_of
from integrations.messaging.writing import draft
from integrations.models import Message, Messaging


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """``about`` and ``sequence`` name it for good: it is said once. ``facts`` are asked for in the language
    of whoever gets it. ``phone``: who is reached there if it is no customer's.
    """

    kind: str
    branch: Branch
    about: str
    starts_at: datetime
    facts: Callable[[], Mapping[str, str]]
    customer: Customer | None = None
    phone: str = ""
    sequence: int = 0


def recipient_for(saying: Saying) -> Recipient | None:
    """None: they want none, or cannot be written to."""
    messaging = _messaging(saying)
    if messaging is None:
        return None
    ways = ways_of(messaging)
    if saying.customer is not None:
        return recipient_of(saying.customer, saying.kind, ways)
    return stranger(messaging.branch.company_id, saying.phone, ways) if saying.phone else None


@transaction.atomic
def say(saying: Saying, *, now: datetime) -> Message | None:
    """Writes it into the outbox; None if it has been said, or nobody can or wants to be told."""
    messaging, recipient = _messaging(saying), recipient_for(saying)
    if messaging is None or recipient is None:
        return None
    company = messaging.branch.company_id
    same = Message.objects.filter(
        company=company, appointment=None, kind=saying.kind, about=saying.about, sequence=saying.sequence
    )
    if same.exists():
        return None
    template = template_of(company, saying.kind, recipient.language, recipient.medium)
    with translation.override(recipient.language):
        facts = {
            **facts_of_branch(messaging.branch),
            **facts_of_name(saying.customer.name if saying.customer else ""),
            **saying.facts(),
        }
    message = draft(
        messaging,
        recipient,
        filled(template, facts, recipient.medium),
        kind=saying.kind,
        customer=saying.customer,
        starts_at=saying.starts_at,
        now=now,
        about=saying.about,
        sequence=saying.sequence,
    )
    # Two at once: the constraint lets one of them.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return same.filter(created_at=now).first()


def _messaging(saying: Saying) -> Messaging | None:
    rows = Messaging.objects.select_related("branch__company")
    return rows.filter(branch=saying.branch.pk).first()
