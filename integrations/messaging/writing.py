"""A row of the outbox, whatever it is about: when it may leave, and whether it is one too many."""

from datetime import datetime, timedelta
from typing import Any

from appointments.models import Customer
from integrations.messaging.quiet import waits_until
from integrations.messaging.recipients import Recipient
from integrations.messaging.wording import Wording
from integrations.models import Message, MessageState, Messaging

_DAY = timedelta(days=1)


def draft(
    messaging: Messaging,
    recipient: Recipient,
    wording: Wording,
    *,
    kind: str,
    customer: Customer | None,
    starts_at: datetime,
    now: datetime,
    beside: int = 0,
    **facts: Any,
) -> Message:
    """Not stored yet. ``starts_at``: when it is too late to say it. ``beside``: to the same address, not yet
    stored either.
    """
    return Message(
        company_id=messaging.branch.company_id,
        branch_id=messaging.branch_id,
        customer=customer,
        kind=kind,
        medium=recipient.medium,
        language=recipient.language,
        recipient=recipient.address,
        subject=wording.subject,
        text=wording.text,
        starts_at=starts_at,
        next_try_at=waits_until(messaging, recipient.medium, kind, starts_at, now) or now,
        created_at=now,
        state=_state(messaging, recipient.address, now, beside),
        **facts,
    )


def _state(messaging: Messaging, address: str, now: datetime, beside: int) -> MessageState:
    """More than the day's limit to one address is a mistake of somebody's: a person looks at it."""
    of_late = Message.objects.filter(recipient=address, created_at__gt=now - _DAY)
    count = of_late.filter(company=messaging.branch.company_id).count() + beside
    return MessageState.WITHHELD if count >= messaging.daily_limit else MessageState.WAITING
