"""How many messages the mail server, or a company's gateway, is given in a minute, by all workers together.

Whoever sends more e-mails is taken for a sender of spam, and then nobody's confirmation arrives any more; a
gateway refuses them.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from integrations.calcom import budget
from integrations.models import Medium, Message, SmsGateway


@dataclass(frozen=True, slots=True)
class Lane:
    """What goes one way. ``limit``: messages a minute, 0: as many as there are."""

    key: str
    limit: int


def by_email() -> Lane:
    return Lane("e-mail", settings.EMAILS_PER_MINUTE)


def by_sms(company_id: int) -> Lane:
    """The company's own gateway; without one nothing leaves."""
    gateway = SmsGateway.objects.filter(company=company_id, active=True)
    return Lane(f"sms {company_id}", gateway.values_list("per_minute", flat=True).first() or 0)


def lane_of(message: Message) -> Lane:
    return by_sms(message.company_id) if message.medium == Medium.SMS else by_email()


def may_send(lane: Lane, *, now: datetime) -> bool:
    """Takes the place of one message among those of this minute, if there is one left. One statement."""
    return lane.limit == 0 or budget.take(lane.key, 1, ceiling=lane.limit, now=now)


def seconds_to_wait(*, now: datetime, lane: Lane | None = None) -> float:
    """Until a message may leave again, an e-mail unless told otherwise; 0: now."""
    lane = lane or by_email()
    if lane.limit == 0 or budget.used(lane.key, now=now) < lane.limit:
        return 0.0
    return budget.seconds_to_wait(lane.key, now=now)
