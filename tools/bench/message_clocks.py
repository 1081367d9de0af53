"""When a reminder is written, found by looking every five minutes: both nights of the clock change, two zones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from appointments import booking
from appointments.models import Appointment, Customer
from integrations.messaging.preferences import agree_to_reminders
from integrations.messaging.reminders import remind_due
from integrations.models import Message, Messaging
from tests.appointments.integrity.planting import past_the_triggers
from tests.salons import MONDAY, NOW, Salon, at, make_salon

BERLIN, LISBON = "Europe/Berlin", "Europe/Lisbon"
DAY_BEFORE, HOURS = "day before, 18:00", "24 hours before"
LOOKS = timedelta(minutes=5)
# Where, by which rule, when the appointment begins on the clock there.
CASES = [
    (BERLIN, DAY_BEFORE, "2026-03-28T10:00"),
    (BERLIN, DAY_BEFORE, "2026-03-29T10:00"),
    (BERLIN, DAY_BEFORE, "2026-03-30T10:00"),
    (BERLIN, DAY_BEFORE, "2026-10-25T10:00"),
    (BERLIN, DAY_BEFORE, "2026-10-26T10:00"),
    (LISBON, DAY_BEFORE, "2026-03-29T10:00"),
    (LISBON, DAY_BEFORE, "2026-10-25T10:00"),
    (BERLIN, HOURS, "2026-03-29T10:00"),
    (BERLIN, HOURS, "2026-10-25T10:00"),
    (LISBON, HOURS, "2026-03-29T10:00"),
    # In the quiet time, 20:00 to 8:00: it comes in the morning.
    (BERLIN, HOURS, "2026-03-29T21:30"),
    (BERLIN, HOURS, "2026-10-25T21:30"),
    (LISBON, HOURS, "2026-10-26T06:30"),
]


def run() -> str:
    lines = ["| where | rule | appointment | reminder | hours before |", "|---|---|---|---|---:|"]
    with transaction.atomic():
        salon, appointment = _appointment()
        for zone, rule, start in CASES:
            lines.append(_line(salon, appointment, zone, rule, start))
        transaction.set_rollback(True)
    return "\n".join(lines)


def _appointment() -> tuple[Salon, Appointment]:
    salon = make_salon(f"bench-{uuid4().hex[:12]}")
    Messaging.objects.create(branch=salon.branch)
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", email="jana@probst.example")
    agree_to_reminders(jana, agrees=True, now=NOW)
    made = booking.book(
        salon.request(salon.cut, salon.emma),
        start=at(MONDAY, "13:00"),
        visit=booking.Visit(source="staff", customer=jana),
    )
    return salon, made


def _line(salon: Salon, appointment: Appointment, zone: str, rule: str, start: str) -> str:
    salon.company.timezone = zone
    salon.company.save()
    Messaging.objects.filter(branch=salon.branch).update(reminds_day_before=rule == DAY_BEFORE)
    Message.objects.filter(appointment=appointment).delete()
    begins = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    with past_the_triggers():
        Appointment.objects.filter(pk=appointment.pk).update(
            starts_at=begins, ends_at=begins + timedelta(minutes=55)
        )
    found = next((moment for moment in _looks(begins) if _is_written(appointment, moment)), None)
    if found is None:
        return f"| {zone} | {rule} | {start.replace('T', ' ')} | none | |"
    local = found.astimezone(ZoneInfo(zone))
    hours = (begins - found) / timedelta(hours=1)
    return f"| {zone} | {rule} | {start.replace('T', ' ')} | {local:%Y-%m-%d %H:%M %Z} | {hours:g} |"


def _looks(begins: datetime) -> Iterator[datetime]:
    moment = begins - timedelta(hours=50)
    while moment < begins:
        yield moment
        moment += LOOKS


def _is_written(appointment: Appointment, moment: datetime) -> bool:
    remind_due(now=moment)
    return Message.objects.filter(appointment=appointment).exists()
