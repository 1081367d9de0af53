"""Reminding those who agreed to it, some hours before, and not at night."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.messaging.recipients import recipient_of
from integrations.messaging.schedules import schedule_of
from integrations.messaging.wording import worded
from integrations.models import ContactPreference, Message, MessageKind, Messaging

# Shorter before the start it reminds nobody.
LEAST = timedelta(hours=1)
BATCH = 500


def remind_due(*, now: datetime) -> int:
    """Writes the reminders that are due; how many it are. Sending is the outbox's work."""
    rows = Messaging.objects.filter(email=True, reminder_hours__gt=0).select_related("branch__company")
    return sum(_remind(messaging, now) for messaging in rows if not is_quiet(messaging, now))


def is_quiet(messaging: Messaging, now: datetime) -> bool:
    """By the branch's clock; a quiet time may run over midnight."""
    local = now.astimezone(messaging.branch.zone)
    minute = local.hour * 60 + local.minute
    begins, ends = messaging.quiet_from_minute, messaging.quiet_until_minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def _remind(messaging: Messaging, now: datetime) -> int:
    reminders = [
        reminder
        for appointment in _due(messaging, now)
        if (reminder := _reminder(appointment, now)) is not None
    ]
    # Two workers at once: the constraint lets one of them.
    Message.objects.bulk_create(reminders, ignore_conflicts=True)
    return len(reminders)


def _reminder(appointment: Appointment, now: datetime) -> Message | None:
    recipient = recipient_of(appointment, MessageKind.REMINDER)
    about = schedule_of(appointment)
    if recipient is None or about is None:
        return None
    wording = worded(appointment, MessageKind.REMINDER, recipient.language, None)
    return Message(
        company_id=appointment.company_id,
        appointment=appointment,
        kind=MessageKind.REMINDER,
        language=recipient.language,
        recipient=recipient.address,
        about=about,
        starts_at=appointment.starts_at,
        subject=wording.subject,
        text=wording.text,
        next_try_at=now,
        created_at=now,
    )


def _due(messaging: Messaging, now: datetime) -> list[Appointment]:
    """Of those who agreed, not yet reminded of this very time, and not told of it after it was due."""
    ahead = now + timedelta(hours=messaging.reminder_hours)
    reminded = Message.objects.filter(
        appointment=OuterRef("pk"), kind=MessageKind.REMINDER, starts_at=OuterRef("starts_at")
    )
    told_late = Message.objects.filter(
        appointment=OuterRef("pk"),
        created_at__gte=OuterRef("starts_at") - timedelta(hours=messaging.reminder_hours),
    ).exclude(kind=MessageKind.REMINDER)
    agreed = ContactPreference.objects.filter(
        customer=OuterRef("customer"), reminders_agreed_at__isnull=False, wants_messages=True
    )
    coming = Appointment.objects.filter(
        branch=messaging.branch_id,
        starts_at__gt=now + LEAST,
        starts_at__lte=ahead,
        status__in=(Status.BOOKED, Status.CONFIRMED),
        customer__email__isnull=False,
    )
    unreminded = coming.filter(Exists(agreed)).exclude(Exists(reminded)).exclude(Exists(told_late))
    related = ("company", "branch__company", "service", "staff", "customer")
    return list(unreminded.select_related(*related).order_by("starts_at")[:BATCH])
