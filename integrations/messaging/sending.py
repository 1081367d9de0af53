"""Sending what waits: each message once, by one worker, as long as it is still true."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.messaging import truths
from integrations.messaging.pace import Full, put_off, take_place
from integrations.messaging.post import NotTaken, PerhapsTaken, post
from integrations.messaging.schedules import schedule_of
from integrations.messaging.stopping import is_stopped_for
from integrations.messaging.telling import RELATED, take_back
from integrations.models import (
    AppointmentNotice,
    Medium,
    Message,
    MessageKind,
    MessageState,
    Messaging,
)

logger = logging.getLogger(__name__)

# Longer than a mail server may take for one message (EMAIL_TIMEOUT) with all its steps.
CLAIM = timedelta(seconds=90)
PASS_SECONDS = 50.0
# A server may be away for a night; a confirmation of the day before yesterday helps nobody.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))


def send_due(*, now: datetime) -> int:
    """Whatever waits, oldest first; how many were sent."""
    give_up_on_the_dead(now=now)
    until = monotonic() + PASS_SECONDS
    sent = 0
    full: set[int] = set()
    due = Message.objects.filter(state=MessageState.WAITING, next_try_at__lte=now).order_by(
        "next_try_at", "pk"
    )
    for message_id, company_id, medium in list(due.values_list("pk", "company", "medium")[:1000]):
        if monotonic() > until:
            break
        if medium == Medium.SMS and company_id in full:
            continue
        try:
            sent += send(message_id, now=timezone.now())
        except Full as error:
            full.add(company_id)
            put_off(company_id, error.until)
    return sent


def give_up_on_the_dead(*, now: datetime) -> int:
    """A worker that died with a message in its hands: a person decides whether it is sent again."""
    left = Message.objects.filter(state=MessageState.HANDED_OVER, claimed_until__lte=now)
    return left.update(state=MessageState.UNCLEAR, next_try_at=None, error="worker ended")


def send(message_id: int, *, now: datetime) -> bool:
    """Whether it left. Raises ``Full`` if the gateway has had enough for this minute."""
    message = _claim(message_id, now)
    if message is None:
        return False
    messaging = Messaging.objects.select_related("branch__company").filter(branch=message.branch_id).first()
    if messaging is None:  # the salon has ceased to write
        _set(message, MessageState.OVERTAKEN)
        return False
    try:
        number = post(message, messaging, before=lambda: _hand_over(message))
    except NotTaken as error:
        _not_taken(message, error, now)
        return False
    except PerhapsTaken as error:
        _unclear(message, str(error))
        return False
    except Exception:
        logger.exception("Message %s could not be handed over", message.pk)
        _unclear(message, "fault")
        return False
    _sent(message, number)
    return True


@transaction.atomic
def _claim(message_id: int, now: datetime) -> Message | None:
    """Ours for a while; None if it is somebody else's, or no longer true."""
    # The notice first, as in ``tell``: two that want both must not wait for each other.
    list(AppointmentNotice.objects.select_for_update().filter(appointment__messages=message_id))
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    mine = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        *RELATED, "customer"
    )
    message = mine.filter(free, pk=message_id, state=MessageState.WAITING).first()
    if message is None:
        return None
    if not _is_true(message, now):
        if message.appointment is None or message.kind == MessageKind.REMINDER:
            _set(message, MessageState.OVERTAKEN)
        else:
            take_back(message, now=now)
        return None
    if message.medium == Medium.SMS:
        take_place(message.company_id, now=now)
    message.claimed_until = now + CLAIM
    message.attempts += 1
    message.save(update_fields=["claimed_until", "attempts"])
    return message


def _is_true(message: Message, now: datetime) -> bool:
    """What it says still stands, it is not too late to say it, and they still want to hear it."""
    if is_stopped_for(message):
        return False
    appointment = message.appointment
    if appointment is None:
        return truths.holds(message, now)
    too_late = appointment.starts_at <= now and message.kind != MessageKind.CANCELLATION
    return schedule_of(appointment) == message.about and not too_late


def _hand_over(message: Message) -> None:
    """From here on only the mail server's answer says whether it was sent."""
    Message.objects.filter(pk=message.pk).update(state=MessageState.HANDED_OVER)


def _sent(message: Message, number: str) -> None:
    """A gateway may have reported what became of it before it has answered us."""
    mine = Message.objects.filter(pk=message.pk)
    mine.update(claimed_until=None, next_try_at=None, sent_at=timezone.now(), gateway_id=number)
    mine.filter(state=MessageState.HANDED_OVER).update(state=MessageState.SENT, error="")


def _unclear(message: Message, reason: str) -> None:
    _set(message, MessageState.UNCLEAR, error=reason)
    logger.warning("Message %s may or may not have been sent: %s", message.pk, reason)


def _not_taken(message: Message, error: NotTaken, now: datetime) -> None:
    gives_up = error.forever or message.attempts > len(PAUSES)
    if gives_up:
        _set(message, MessageState.FAILED, error=str(error))
        logger.warning("Message %s could not be sent: %s", message.pk, error)
        return
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.WAITING,
        claimed_until=None,
        error=str(error),
        next_try_at=now + PAUSES[message.attempts - 1],
    )


def _set(message: Message, state: MessageState, **facts: object) -> None:
    Message.objects.filter(pk=message.pk).update(
        state=state, claimed_until=None, next_try_at=None, **{"error": "", **facts}
    )
