"""Sending what waits: each message once, by one worker, as long as it is still true."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from appointments.models import Appointment
from integrations.messaging.post import NotTaken, PerhapsTaken, post
from integrations.messaging.schedules import schedule_of
from integrations.messaging.telling import RELATED, take_back
from integrations.models import AppointmentNotice, Message, MessageKind, MessageState, Messaging

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
    # Written at a time that is yet to come: the clock was set back.
    is_due = Q(next_try_at__lte=now) | Q(created_at__gt=now)
    due = Message.objects.filter(is_due, state=MessageState.WAITING).order_by("next_try_at", "pk")
    for message_id in list(due.values_list("pk", flat=True)[:1000]):
        if monotonic() > until:
            break
        sent += send(message_id, now=timezone.now())
    return sent


def give_up_on_the_dead(*, now: datetime) -> int:
    """A worker that died with a message in its hands: a person decides whether it is sent again."""
    left = Message.objects.filter(state=MessageState.HANDED_OVER, claimed_until__lte=now)
    return left.update(state=MessageState.UNCLEAR, next_try_at=None, error="worker ended")


def send(message_id: int, *, now: datetime) -> bool:
    """Whether it left."""
    message = _claim(message_id, now)
    if message is None:
        return False
    messaging = (
        Messaging.objects.select_related("branch__company")
        .filter(branch=message.appointment.branch_id)
        .first()
    )
    if messaging is None:  # the salon has ceased to write
        _set(message, MessageState.OVERTAKEN)
        return False
    try:
        post(message, messaging, before=lambda: _hand_over(message))
    except NotTaken as error:
        _not_taken(message, error, now)
        return False
    except PerhapsTaken as error:
        _set(message, MessageState.UNCLEAR, error=str(error))
        logger.warning("Message %s may or may not have been sent: %s", message.pk, error)
        return False
    _set(message, MessageState.SENT, sent_at=timezone.now())
    return True


@transaction.atomic
def _claim(message_id: int, now: datetime) -> Message | None:
    """Ours for a while; None if it is somebody else's, or no longer true."""
    # The notice first, as in ``tell``: two that want both must not wait for each other.
    list(AppointmentNotice.objects.select_for_update().filter(appointment__messages=message_id))
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    mine = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related(*RELATED)
    message = mine.filter(free, pk=message_id, state=MessageState.WAITING).first()
    if message is None:
        return None
    if not _is_true(message.appointment, message, now):
        if message.kind == MessageKind.REMINDER:
            _set(message, MessageState.OVERTAKEN)
        else:
            take_back(message, now=now)
        return None
    message.claimed_until = now + CLAIM
    message.attempts += 1
    message.save(update_fields=["claimed_until", "attempts"])
    return message


def _is_true(appointment: Appointment, message: Message, now: datetime) -> bool:
    """What it says still stands, and it is not too late to say it."""
    too_late = appointment.starts_at <= now and message.kind != MessageKind.CANCELLATION
    return schedule_of(appointment) == message.about and not too_late


def _hand_over(message: Message) -> None:
    """From here on only the mail server's answer says whether it was sent."""
    Message.objects.filter(pk=message.pk).update(state=MessageState.HANDED_OVER)


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
