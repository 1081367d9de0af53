"""Comparing what a customer was told with what stands, and writing the one message that makes it true."""

from datetime import datetime, timedelta

from django.db import transaction

from appointments.models import Appointment
from integrations.messaging.invitation import invitation
from integrations.messaging.recipients import recipient_of
from integrations.messaging.schedules import NOTHING, UNKNOWN, schedule_of, start_in
from integrations.messaging.senders import sender_of
from integrations.messaging.wording import worded
from integrations.models import AppointmentNotice, Message, MessageKind, MessageState, Messaging

RELATED = (
    "appointment__company",
    "appointment__branch__company",
    "appointment__service",
    "appointment__staff",
    "appointment__customer",
)
_DAY = timedelta(days=1)


def tell_due(*, now: datetime, limit: int = 500) -> int:
    """Every appointment whose customer may have to hear something; how many it were."""
    waiting = AppointmentNotice.objects.filter(due_at__lte=now).order_by("due_at")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(tell(notice_id, now=now) for notice_id in ids)


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
        _say(notice, appointment, wanted, now)
    notice.save(update_fields=["due_at", "told", "told_starts_at", "sequence"])
    return True


def _say(notice: AppointmentNotice, appointment: Appointment, wanted: str, now: datetime) -> None:
    kind = _kind(notice.told, wanted)
    messaging = Messaging.objects.filter(branch=appointment.branch_id, email=True).first()
    # What has begun is no news any more, neither has what was cancelled after it should have begun.
    old_start = start_in(notice.told)
    is_over = appointment.starts_at <= now and (old_start is None or old_start <= now)
    recipient = None if messaging is None or is_over else recipient_of(appointment, kind)
    if recipient is not None and messaging is not None:
        sequence = notice.sequence + 1
        wording = worded(appointment, kind, recipient.language, old_start)
        Message.objects.create(
            company_id=appointment.company_id,
            appointment=appointment,
            kind=kind,
            language=recipient.language,
            recipient=recipient.address,
            about=wanted,
            told_before=notice.told,
            starts_at=appointment.starts_at,
            old_starts_at=old_start,
            sequence=sequence,
            subject=wording.subject,
            text=wording.text,
            invitation=invitation(
                appointment,
                sequence=sequence,
                cancelled=kind == MessageKind.CANCELLATION,
                sender=sender_of(messaging),
                recipient=recipient.address,
                now=now,
            ),
            next_try_at=now,
            created_at=now,
            state=_state(messaging, recipient.address, now),
        )
        notice.sequence = sequence
    notice.told, notice.told_starts_at = wanted, start_in(wanted)


def _kind(told: str, wanted: str) -> MessageKind:
    if wanted == NOTHING:
        return MessageKind.CANCELLATION
    return MessageKind.CONFIRMATION if told == NOTHING else MessageKind.CHANGE


def _state(messaging: Messaging, address: str, now: datetime) -> MessageState:
    """More than the day's limit to one address is a mistake of somebody's: a person looks at it."""
    of_late = Message.objects.filter(recipient=address, created_at__gt=now - _DAY)
    too_many = of_late.filter(company=messaging.branch.company_id).count() >= messaging.daily_limit
    return MessageState.WITHHELD if too_many else MessageState.WAITING


def take_back(message: Message, *, now: datetime) -> None:
    """A message was overtaken before it left: the customer knows what they knew before, and is told anew.

    Only while nothing was told after it, which then counts from the same place.
    """
    notice = AppointmentNotice.objects.select_for_update().get(appointment=message.appointment_id)
    later = Message.objects.filter(appointment=message.appointment_id, sequence__gt=message.sequence)
    first = later.exclude(kind=MessageKind.REMINDER).order_by("sequence").first()
    if first is not None:
        Message.objects.filter(pk=first.pk).update(told_before=message.told_before)
        return
    notice.told, notice.told_starts_at, notice.due_at = (
        message.told_before,
        start_in(message.told_before),
        now,
    )
    notice.save(update_fields=["told", "told_starts_at", "due_at"])


__all__ = ["UNKNOWN", "take_back", "tell", "tell_due"]
