"""Comparing what a customer was told with what stands, and writing the one message that makes it true."""

import logging
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from appointments.models import Appointment
from integrations.messaging.invitation import invitation
from integrations.messaging.recipients import Recipient, recipient_of, ways_of
from integrations.messaging.schedules import NOTHING, schedule_of, start_in
from integrations.messaging.senders import sender_of
from integrations.messaging.wording import worded
from integrations.messaging.writing import draft
from integrations.models import (
    AppointmentNotice,
    Medium,
    Message,
    MessageKind,
    MessageState,
    Messaging,
)

logger = logging.getLogger(__name__)

RELATED = (
    "appointment__company",
    "appointment__branch__company",
    "appointment__service",
    "appointment__staff",
    "appointment__customer",
)
# Two machines' clocks may differ by that.
_SECONDS = timedelta(seconds=30)
_AFTER_FAULT = timedelta(hours=1)
# A message is in a worker's hands: what becomes of it decides what is to be said next.
_WHILE_LEAVING = timedelta(seconds=30)


def tell_due(*, now: datetime, limit: int = 500) -> int:
    """Every appointment whose customer may have to hear something; how many it were."""
    _begin_anew(now)
    waiting = AppointmentNotice.objects.filter(due_at__lte=now).order_by("due_at")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_told(notice_id, now) for notice_id in ids)


def _begin_anew(now: datetime) -> None:
    """Of changes at a time that is yet to come: the clock was set back, and nobody shall wait for that."""
    ahead = AppointmentNotice.objects.filter(due_at__gt=now, appointment__updated_at__gt=now + _SECONDS)
    ahead.update(due_at=now)


def _told(notice_id: int, now: datetime) -> bool:
    """One that cannot be worded comes again later, and keeps nobody else waiting. Where only the database
    broke off nothing is wrong with it: it stays due.
    """
    try:
        return tell(notice_id, now=now)
    except (OperationalError, InterfaceError):
        logger.warning("Notice %s waits for the database", notice_id)
        return False
    except Exception:
        logger.exception("Notice %s could not be worded", notice_id)
        AppointmentNotice.objects.filter(pk=notice_id).update(due_at=now + _AFTER_FAULT)
        return False


@transaction.atomic
def tell(notice_id: int, *, now: datetime) -> bool:
    """One of them, alone with it: another worker passes it by. Whether it was looked at."""
    mine = AppointmentNotice.objects.select_for_update(of=("self",), skip_locked=True)
    notice = mine.filter(pk=notice_id, due_at__lte=now).first()
    if notice is None:
        return False
    appointment = Appointment.objects.select_related(
        *(path.removeprefix("appointment__") for path in RELATED)
    ).get(pk=notice.appointment_id)
    notice.due_at = None
    wanted = schedule_of(appointment)
    if wanted is not None and wanted != notice.told:
        in_hand = _in_hand(appointment.pk, now)
        if in_hand is None:
            notice.due_at = now + _WHILE_LEAVING
        else:
            if in_hand:
                _overtake(notice, in_hand)
            if wanted != notice.told:
                _say(notice, appointment, wanted, now)
    notice.save(update_fields=["due_at", "told", "told_starts_at", "sequence"])
    return True


def _say(notice: AppointmentNotice, appointment: Appointment, wanted: str, now: datetime) -> None:
    kind = _kind(notice.told, wanted)
    # What has begun is no news any more, neither has what was cancelled after it should have begun.
    old_start = start_in(notice.told)
    is_over = appointment.starts_at <= now and (old_start is None or old_start <= now)
    messaging = Messaging.objects.select_related("branch__company").filter(branch=appointment.branch_id)
    if not is_over and (writes := messaging.first()) is not None:
        recipient = recipient_of(appointment.customer, kind, ways_of(writes))
        if recipient is not None:
            notice.sequence += 1
            _write(
                notice,
                appointment,
                messaging=writes,
                recipient=recipient,
                kind=kind,
                wanted=wanted,
                now=now,
            )
    notice.told, notice.told_starts_at = wanted, start_in(wanted)


def _write(
    notice: AppointmentNotice,
    appointment: Appointment,
    *,
    messaging: Messaging,
    recipient: Recipient,
    kind: MessageKind,
    wanted: str,
    now: datetime,
) -> None:
    old_start = start_in(notice.told)
    entry = (
        invitation(
            appointment,
            sequence=notice.sequence,
            cancelled=kind == MessageKind.CANCELLATION,
            sender=sender_of(messaging),
            recipient=recipient.address,
            now=now,
        )
        if recipient.medium == Medium.EMAIL
        else ""
    )
    draft(
        messaging,
        recipient,
        worded(appointment, kind, recipient.language, old_start, recipient.medium),
        kind=kind,
        customer=appointment.customer,
        starts_at=appointment.starts_at,
        now=now,
        appointment=appointment,
        about=wanted,
        told_before=notice.told,
        old_starts_at=old_start,
        sequence=notice.sequence,
        invitation=entry,
    ).save(force_insert=True)


def _kind(told: str, wanted: str) -> MessageKind:
    if wanted == NOTHING:
        return MessageKind.CANCELLATION
    return MessageKind.CONFIRMATION if told == NOTHING else MessageKind.CHANGE


def _in_hand(appointment_id: int, now: datetime) -> list[Message] | None:
    """What was written of this appointment and has not left, oldest first; None: one is just leaving."""
    unsent = Message.objects.select_for_update().exclude(kind=MessageKind.REMINDER)
    rows = list(
        unsent.filter(
            appointment=appointment_id, state__in=(MessageState.WAITING, MessageState.HANDED_OVER)
        ).order_by("sequence")
    )
    is_leaving = any(row.claimed_until is not None and row.claimed_until > now for row in rows)
    return None if is_leaving else [row for row in rows if row.state == MessageState.WAITING]


def _overtake(notice: AppointmentNotice, rows: list[Message]) -> None:
    """They say what is no longer so: the customer knows what they knew before the first of them."""
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=MessageState.OVERTAKEN, next_try_at=None
    )
    notice.told = rows[0].told_before
    notice.told_starts_at = start_in(notice.told)


def take_back(message: Message, *, now: datetime) -> None:
    """The sender found that a message is no longer true. What was told after it stands: staff may have
    sent an old one again.
    """
    later = Message.objects.filter(appointment=message.appointment_id, sequence__gt=message.sequence)
    if later.exclude(kind=MessageKind.REMINDER).exists():
        Message.objects.filter(pk=message.pk).update(state=MessageState.OVERTAKEN, next_try_at=None)
        return
    notice = AppointmentNotice.objects.get(appointment=message.appointment_id)
    _overtake(notice, [message])
    notice.due_at = now
    notice.save(update_fields=["told", "told_starts_at", "due_at"])


__all__ = ["take_back", "tell", "tell_due"]
