"""What staff decide about messages that did not leave."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from integrations.models import GONE, TROUBLE, Message, MessageState


def send_again(messages: QuerySet[Message], *, now: datetime) -> int:
    """Those that failed, were held back, or perhaps left: a person says so. What is no longer true is
    dropped by the sender. Returns how many.
    """
    return messages.filter(state__in=TROUBLE, settled_at=None).update(
        state=MessageState.WAITING,
        next_try_at=now,
        attempts=0,
        sent_again=F("sent_again") + 1,
        claimed_until=None,
        error="",
    )


def came_back(messages: QuerySet[Message], *, now: datetime) -> int:
    """Somebody has found it returned, in the salon's own mailbox for example; how many had been sent."""
    left = messages.filter(state__in=GONE)
    return left.update(state=MessageState.UNDELIVERED, reported_at=now, error="bounced")


def settle(messages: QuerySet[Message], *, user: Any, now: datetime) -> int:
    """``user`` says that the customer has been told otherwise; how many were still open."""
    return messages.filter(state__in=TROUBLE, settled_at=None).update(settled_at=now, settled_by=user)
