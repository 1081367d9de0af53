"""What a gateway reports of what it took: arrived, or never will. Any order, any number of times."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import Q, QuerySet

from integrations.messaging.digging import dig
from integrations.messaging.texting import REFERENCE
from integrations.models import Medium, Message, MessageState, SmsGateway

MOST = 500
# From these it can turn out not to have arrived. One that is about to be sent again is another attempt.
_MAY_FAIL = (MessageState.SENT, MessageState.HANDED_OVER, MessageState.UNCLEAR)
_MAY_ARRIVE = (*_MAY_FAIL, MessageState.UNDELIVERED, MessageState.FAILED, MessageState.WAITING)
_OURS = re.compile(rf"{REFERENCE}([0-9]{{1,18}})(?:-([0-9]{{1,4}}))?")


class Outcome(Enum):
    NOTED = "noted"
    # Its own message is at this moment in a worker's hands, who has yet to hear what the gateway calls it.
    TOO_EARLY = "too early"
    UNREADABLE = "unreadable"


def note(gateway: SmsGateway, body: Any, *, now: datetime) -> Outcome:
    """``body``: one report, or a list of them. Of unknown numbers and of what is still under way nothing is
    noted.
    """
    reports = list(_read(gateway, body))
    if not reports:
        return Outcome.UNREADABLE
    for number, state in reports:
        messages = _messages(gateway, number)
        if not messages.exists() and gateway.id_field and _is_handing_over(gateway):
            return Outcome.TOO_EARLY
        if state is not None:
            _note(messages, number, state, now)
    return Outcome.NOTED


def _read(gateway: SmsGateway, body: Any) -> Iterator[tuple[str, MessageState | None]]:
    delivered, failed = _words(gateway.report_delivered), _words(gateway.report_failed)
    for report in (body if isinstance(body, list) else [body])[:MOST]:
        number = dig(report, gateway.report_id_field)
        word = dig(report, gateway.report_state_field).strip().casefold()
        if number and word:
            arrived = MessageState.DELIVERED if word in delivered else None
            yield number, MessageState.UNDELIVERED if word in failed else arrived


def _words(text: str) -> set[str]:
    return {word.strip().casefold() for word in text.split(",")} - {""}


def _messages(gateway: SmsGateway, number: str) -> QuerySet[Message]:
    """By our own number of it, or by the gateway's; of this company only."""
    mine = Message.objects.filter(company=gateway.company_id, medium=Medium.SMS)
    ours = _OURS.fullmatch(number)
    return mine.filter(gateway_id=number) if ours is None else mine.filter(pk=int(ours[1]))


def _is_handing_over(gateway: SmsGateway) -> bool:
    state = MessageState.HANDED_OVER
    return Message.objects.filter(company=gateway.company_id, medium=Medium.SMS, state=state).exists()


def _note(messages: QuerySet[Message], number: str, state: MessageState, now: datetime) -> None:
    may = Q(state__in=_MAY_ARRIVE) if state == MessageState.DELIVERED else _may_fail(number)
    messages.filter(may).update(state=state, reported_at=now, next_try_at=None, error="")


def _may_fail(number: str) -> Q:
    """Once staff have asked for it again, the former attempt can only have arrived after all. Of the one that
    is just leaving the gateway has said no number yet.
    """
    ours = _OURS.fullmatch(number)
    if ours is None:
        return Q(state=MessageState.SENT)
    return Q(state__in=_MAY_FAIL, sent_again=int(ours[2] or 0))
