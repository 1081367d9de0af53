"""Reminding those who agreed to it, some hours before or on the day before, and not at night."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When

from appointments.models import Appointment
from appointments.models.appointment import Status
from appointments.rules.hours import DAY, instant, midnight
from integrations.messaging.quiet import is_quiet
from integrations.messaging.recipients import Recipient, agreed_and_reachable, recipient_of, ways_of
from integrations.messaging.schedules import schedule_of
from integrations.messaging.wording import worded
from integrations.messaging.writing import draft
from integrations.models import ContactPreference, Message, MessageKind, Messaging

# Shorter before the start it reminds nobody.
LEAST = timedelta(hours=1)
BATCH = 500


def remind_due(*, now: datetime) -> int:
    """Writes the reminders that are due; how many it are. Sending is the outbox's work."""
    reminds = Q(reminder_hours__gt=0) | Q(reminds_day_before=True)
    rows = Messaging.objects.filter(reminds, Q(email=True) | Q(sms=True)).select_related("branch__company")
    return sum(_remind(messaging, now) for messaging in rows if not is_quiet(messaging, now))


def _remind(messaging: Messaging, now: datetime) -> int:
    ways = ways_of(messaging)
    reminders: list[Message] = []
    to: Counter[str] = Counter()
    for appointment in _due(messaging, ways, now):
        reminder = _reminder(messaging, appointment, ways, now, to=to)
        if reminder is not None:
            reminders.append(reminder)
            to[reminder.recipient] += 1
    # Two workers at once: the constraint lets one of them.
    Message.objects.bulk_create(reminders, ignore_conflicts=True)
    return len(reminders)


def _reminder(
    messaging: Messaging,
    appointment: Appointment,
    ways: frozenset[str],
    now: datetime,
    *,
    to: Mapping[str, int],
) -> Message | None:
    recipient = recipient_of(appointment.customer, MessageKind.REMINDER, ways)
    about = schedule_of(appointment)
    if recipient is None or about is None:
        return None
    return draft(
        messaging,
        recipient,
        worded(appointment, MessageKind.REMINDER, recipient.language, None, recipient.medium),
        kind=MessageKind.REMINDER,
        customer=appointment.customer,
        starts_at=appointment.starts_at,
        now=now,
        beside=to.get(recipient.address, 0),
        appointment=appointment,
        about=about,
    )


def readdress(message: Message, recipient: Recipient) -> None:
    """A reminder that waits, in place: of one time there is one only."""
    if message.appointment is None:
        return
    words = worded(message.appointment, MessageKind.REMINDER, recipient.language, None, recipient.medium)
    message.recipient, message.language, message.medium = (
        recipient.address,
        recipient.language,
        recipient.medium,
    )
    message.subject, message.text = words.subject, words.text
    message.save(update_fields=["recipient", "language", "medium", "subject", "text"])


def _due(messaging: Messaging, ways: frozenset[str], now: datetime) -> list[Appointment]:
    """Of those who agreed and can be reached, not yet reminded of this very time, and not told of it after
    it was due.
    """
    last, since = _reach(messaging, now)
    reminded = Message.objects.filter(
        appointment=OuterRef("pk"), kind=MessageKind.REMINDER, starts_at=OuterRef("starts_at")
    )
    told_late = Message.objects.filter(
        appointment=OuterRef("pk"), created_at__gte=OuterRef("remind_at")
    ).exclude(kind=MessageKind.REMINDER)
    agreed = ContactPreference.objects.filter(agreed_and_reachable(ways), customer=OuterRef("customer"))
    coming = Appointment.objects.filter(
        branch=messaging.branch_id,
        starts_at__gt=now + LEAST,
        starts_at__lte=last,
        status__in=(Status.BOOKED, Status.CONFIRMED),
    )
    unreminded = (
        coming.alias(remind_at=since)
        .filter(Exists(agreed))
        .exclude(Exists(reminded))
        .exclude(Exists(told_late))
    )
    related = ("company", "branch__company", "service", "staff", "customer")
    return list(unreminded.select_related(*related).order_by("starts_at")[:BATCH])


def _reach(messaging: Messaging, now: datetime) -> tuple[datetime, Any]:
    """The last start of which is to be reminded now, and, of each start, since when: an expression.

    On the day before means by the branch's clock, also if that day has 23 or 25 hours.
    """
    if not messaging.reminds_day_before:
        lead = timedelta(hours=messaging.reminder_hours)
        return now + lead, ExpressionWrapper(F("starts_at") - lead, output_field=DateTimeField())
    zone, minute = messaging.branch.zone, messaging.day_before_minute
    today = now.astimezone(zone).date()
    tomorrow, due = midnight(today + DAY, zone), instant(today, minute, zone)
    ends = midnight(today + 2 * DAY, zone) if now >= due else tomorrow
    since = Case(
        When(starts_at__gte=tomorrow, then=Value(due)),
        default=Value(instant(today - DAY, minute, zone)),
        output_field=DateTimeField(),
    )
    return ends - timedelta.resolution, since
