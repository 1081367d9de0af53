"""Sending what waits: each message once, by one worker, as long as it is still true and wanted.

A worker may die or stand still at any point. What it holds is marked by the instant until which it may
(``claimed_until``), and that instant is also its ticket: whoever has stood still for longer finds another
one there and neither sends nor says what became of it.
"""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils import timezone

from integrations.messaging import pace, truths
from integrations.messaging.post import NotTaken, PerhapsTaken, post
from integrations.messaging.quiet import waits_until
from integrations.messaging.recipients import recipient_now
from integrations.messaging.reminders import readdress
from integrations.messaging.schedules import schedule_of
from integrations.messaging.telling import RELATED, take_back
from integrations.models import (
    REPORTED,
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
MINUTE = timedelta(seconds=70)
# A server may be away for a night; a confirmation of the day before yesterday helps nobody.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))


class NoLongerOurs(Exception):
    """We stood still for so long that the message was given to another worker, or taken back."""


class TooManyThisMinute(Exception):
    """The mail server, or the company's gateway, gets the rest later: from ``until`` on."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def send_due(*, now: datetime) -> int:
    """Whatever waits, reminders last, as many as the minute allows; how many were sent."""
    give_up_on_the_dead(now=now)
    until = monotonic() + PASS_SECONDS
    sent = 0
    # Those whose minute is full, by their way.
    full: set[tuple[str, int]] = set()
    for message_id, medium, company_id in _due(now):
        way = (medium, company_id if medium == Medium.SMS else 0)
        if monotonic() > until:
            break
        if way in full:
            continue
        try:
            sent += send(message_id, now=timezone.now())
        except TooManyThisMinute as error:
            full.add(way)
            _make_room(way, error.until)
        except Exception:  # one that cannot be sent keeps nobody else waiting
            logger.exception("Message %s could not be dealt with", message_id)
    return sent


def _due(now: datetime) -> list[tuple[int, str, int]]:
    """Oldest first. Whoever has just booked does not wait for a thousand reminders."""
    is_reminder = ExpressionWrapper(Q(kind=MessageKind.REMINDER), output_field=BooleanField())
    # Written at a time that is yet to come: the clock was set back.
    is_due = Q(next_try_at__lte=now) | Q(created_at__gt=now)
    waiting = Message.objects.filter(is_due, state=MessageState.WAITING)
    ordered = waiting.alias(is_reminder=is_reminder).order_by("is_reminder", "next_try_at", "pk")
    return list(ordered.values_list("pk", "medium", "company")[:1000])


def seconds_until_more(*, now: datetime) -> float:
    """Until the pace lets another one leave, if that is within the minute; 0: no need to ask in between."""
    sms = Message.objects.filter(
        medium=Medium.SMS, state=MessageState.WAITING, next_try_at__gt=now, next_try_at__lt=now + MINUTE
    )
    first = sms.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    waits = [pace.seconds_to_wait(now=now), (first - now).total_seconds() if first else 0.0]
    return min((seconds for seconds in waits if seconds), default=0.0)


def _make_room(way: tuple[str, int], until: datetime) -> None:
    """A company with thousands of SMS must not fill every pass: they come back when there is room."""
    medium, company_id = way
    if medium == Medium.SMS:
        waiting = Message.objects.select_for_update(skip_locked=True).filter(
            company=company_id, medium=medium, state=MessageState.WAITING, next_try_at__lt=until
        )
        with transaction.atomic():
            Message.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
                next_try_at=until
            )


def give_up_on_the_dead(*, now: datetime) -> int:
    """A worker that died with a message in its hands: a person decides whether it is sent again."""
    left = Message.objects.filter(state=MessageState.HANDED_OVER, claimed_until__lte=now)
    return left.update(state=MessageState.UNCLEAR, next_try_at=None, error="worker ended")


def send(message_id: int, *, now: datetime) -> bool:
    """Whether it left. Raises ``TooManyThisMinute``."""
    claimed = _claim(message_id, now)
    if claimed is None:
        return False
    message, messaging = claimed
    if morning := waits_until(messaging, message.medium, message.kind, message.starts_at, now):
        _put_off(message, morning)
        return False
    lane = pace.lane_of(message)
    if not pace.may_send(lane, now=now):
        _put_off(message, now)
        raise TooManyThisMinute(now + timedelta(seconds=pace.seconds_to_wait(now=now, lane=lane)))
    return _posted(message, messaging, now)


def _messaging_of(message: Message) -> Messaging | None:
    branch = message.appointment.branch_id if message.appointment else message.branch_id
    return Messaging.objects.select_related("branch__company").filter(branch=branch).first()


def _posted(message: Message, messaging: Messaging, now: datetime) -> bool:
    try:
        number = post(message, messaging, before=lambda: _hand_over(message))
    except NoLongerOurs:
        logger.warning("Message %s was left to another worker", message.pk)
        return False
    except NotTaken as error:
        _not_taken(message, error, now)
        return False
    except PerhapsTaken as error:
        _close(message, MessageState.UNCLEAR, error=str(error))
        logger.warning("Message %s may or may not have been sent: %s", message.pk, error)
        return False
    _close(message, MessageState.SENT, sent_at=timezone.now(), gateway_id=number)
    return True


@transaction.atomic(durable=True)
def _claim(message_id: int, now: datetime) -> tuple[Message, Messaging] | None:
    """Ours for a while; None if it is somebody else's, no longer true, or wanted by nobody."""
    # The notice first, as in ``tell``: two that want both must not wait for each other.
    list(AppointmentNotice.objects.select_for_update().filter(appointment__messages=message_id))
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    mine = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        *RELATED, "customer"
    )
    message = mine.filter(free, pk=message_id, state=MessageState.WAITING).first()
    if message is None:
        return None
    messaging = _messaging_of(message)
    if messaging is None:  # the salon has ceased to write
        _close(message, MessageState.OVERTAKEN)
        return None
    if not _may_leave(message, messaging, now):
        return None
    message.claimed_until = now + CLAIM
    message.attempts += 1
    message.save(update_fields=["claimed_until", "attempts"])
    return message, messaging


def _may_leave(message: Message, messaging: Messaging, now: datetime) -> bool:
    """If not, it has been closed, or is written anew."""
    recipient = recipient_now(message, messaging)
    elsewhere = recipient is not None and not recipient.is_that_of(message)
    is_reminder = message.kind == MessageKind.REMINDER
    if not _is_true(message, now) or (elsewhere and not is_reminder):
        if message.appointment is None or is_reminder:
            _close(message, MessageState.OVERTAKEN)
        else:
            take_back(message, now=now)
        return False
    if recipient is None:
        _close(message, MessageState.OVERTAKEN)
        return False
    if elsewhere:
        readdress(message, recipient)
    return True


def _is_true(message: Message, now: datetime) -> bool:
    """What it says still stands, and it is not too late to say it."""
    appointment = message.appointment
    if appointment is None:
        return truths.holds(message, now)
    too_late = appointment.starts_at <= now and message.kind != MessageKind.CANCELLATION
    return schedule_of(appointment) == message.about and not too_late


def _hand_over(message: Message) -> None:
    """From here on only the mail server's answer says whether it was sent. Raises ``NoLongerOurs``."""
    until = timezone.now() + CLAIM
    held = Message.objects.filter(
        pk=message.pk, state=MessageState.WAITING, claimed_until=message.claimed_until
    )
    if not held.update(state=MessageState.HANDED_OVER, claimed_until=until):
        raise NoLongerOurs
    message.claimed_until = until


def _not_taken(message: Message, error: NotTaken, now: datetime) -> None:
    gives_up = error.forever or message.attempts > len(PAUSES)
    if gives_up:
        _close(message, MessageState.FAILED, error=str(error))
        logger.warning("Message %s could not be sent: %s", message.pk, error)
        return
    _put_off(message, now + PAUSES[message.attempts - 1], error=str(error), attempts=message.attempts)


def _put_off(message: Message, until: datetime, **facts: object) -> None:
    """Waits again. What staff have settled meanwhile is settled, and what is said to have arrived has."""
    held = Message.objects.filter(pk=message.pk, claimed_until=message.claimed_until, settled_at=None)
    held.exclude(state__in=REPORTED).update(
        state=MessageState.WAITING,
        claimed_until=None,
        next_try_at=until,
        **{"attempts": F("attempts") - 1, **facts},
    )


def _close(message: Message, state: MessageState, **facts: object) -> None:
    """What became of it, as long as it is ours to say. That it was sent also counts if staff have asked
    for it again meanwhile and nobody has begun. A gateway may have reported before it has answered us.
    """
    ours = Q(claimed_until=message.claimed_until)
    if state == MessageState.SENT:
        ours |= Q(claimed_until=None, state=MessageState.WAITING)
    rows = Message.objects.filter(ours, pk=message.pk)
    over = {"claimed_until": None, "next_try_at": None}
    rows.filter(state__in=REPORTED).update(**over, **{**facts, "error": F("error")})
    rows.exclude(state__in=REPORTED).update(state=state, **over, **{"error": "", **facts})
