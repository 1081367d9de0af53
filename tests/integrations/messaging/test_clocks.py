"""When reminders come: by the branch's clock, in both nights of the clock change, in other zones, not at night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from appointments.models import Appointment, Customer
from integrations.messaging.preferences import agree_to_reminders
from integrations.messaging.quiet import is_quiet, quiet_until
from integrations.messaging.reminders import remind_due
from integrations.models import Message, MessageKind, MessageState, Messaging
from tests.appointments.integrity.planting import past_the_triggers
from tests.integrations.messaging.conftest import Letterbox, book, later, states, work
from tests.salons import MONDAY, NOW, Salon, at

BERLIN, LISBON, AZORES = "Europe/Berlin", "Europe/Lisbon", "Atlantic/Azores"
MINUTE = timedelta(minutes=1)


def wall(text: str, zone: str, fold: int = 0) -> datetime:
    """``wall("2026-03-29T10:00", BERLIN)``: what the clock there shows, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def messaging_of(salon: Salon, zone: str, **facts: int) -> Messaging:
    salon.company.timezone = zone
    salon.company.save()
    Messaging.objects.update(**facts)
    return Messaging.objects.select_related("branch__company").get()


def appointment_at(salon: Salon, customer: Customer, start: datetime) -> Appointment:
    """Made long ago, wherever the clocks stood then."""
    made = book(salon, customer, "13:00")
    Message.objects.all().delete()
    with past_the_triggers():
        Appointment.objects.filter(pk=made.pk).update(starts_at=start, ends_at=start + timedelta(minutes=55))
    made.refresh_from_db()
    return made


@pytest.fixture
def willing(jana: Customer) -> Customer:
    agree_to_reminders(jana, agrees=True, now=NOW)
    return jana


def is_due(now: datetime) -> bool:
    remind_due(now=now)
    return Message.objects.filter(kind=MessageKind.REMINDER).exists()


# In Europe the clocks go forward on 29 March 2026 and back on 25 October 2026, everywhere at 01:00 UTC.
DAY_BEFORE = [
    pytest.param((BERLIN, "2026-03-29T10:00", "2026-03-28T18:00", 15), id="the day that lacks an hour"),
    pytest.param((BERLIN, "2026-03-30T10:00", "2026-03-29T18:00", 16), id="the day after it"),
    pytest.param((BERLIN, "2026-10-25T10:00", "2026-10-24T18:00", 17), id="the day with an hour more"),
    pytest.param((BERLIN, "2026-10-26T10:00", "2026-10-25T18:00", 16), id="the day after that"),
    pytest.param((BERLIN, "2026-10-25T00:15", "2026-10-24T18:00", 6.25), id="right after midnight"),
    pytest.param((BERLIN, "2026-03-29T23:45", "2026-03-28T18:00", 28.75), id="right before midnight"),
    pytest.param((LISBON, "2026-03-29T10:00", "2026-03-28T18:00", 15), id="Lisbon, spring"),
    pytest.param((LISBON, "2026-10-25T10:00", "2026-10-24T18:00", 17), id="Lisbon, autumn"),
    pytest.param((AZORES, "2026-10-25T10:00", "2026-10-24T18:00", 17), id="Azores, clock change at midnight"),
]


@pytest.mark.parametrize("case", DAY_BEFORE)
def test_on_the_day_before_at_six(salon: Salon, willing: Customer, case: tuple[str, str, str, float]) -> None:
    """Six by the clock on the wall, however many hours that is before."""
    zone, start, due, hours = case
    messaging_of(salon, zone, reminds_day_before=True)
    appointment_at(salon, willing, wall(start, zone))
    assert wall(start, zone) - wall(due, zone) == timedelta(hours=hours)
    assert not is_due(wall(due, zone) - MINUTE)
    assert is_due(wall(due, zone))


HOURS_BEFORE = [
    pytest.param(BERLIN, "2026-03-29T10:00", "2026-03-28T09:00", id="spring: nine by the old time"),
    pytest.param(BERLIN, "2026-10-25T10:00", "2026-10-24T11:00", id="autumn: eleven by the old time"),
    pytest.param(LISBON, "2026-06-10T10:00", "2026-06-09T10:00", id="Lisbon, an ordinary day"),
]


@pytest.mark.parametrize(("zone", "start", "due"), HOURS_BEFORE)
def test_hours_before_are_hours(salon: Salon, willing: Customer, zone: str, start: str, due: str) -> None:
    messaging_of(salon, zone)
    appointment_at(salon, willing, wall(start, zone))
    assert not is_due(wall(due, zone) - MINUTE)
    assert is_due(wall(due, zone))


QUIET = [
    # zone, now, fold, quiet from, quiet until, the end of the quiet time or None
    (BERLIN, "2026-03-28T19:59", 0, 1200, 480, None),
    (BERLIN, "2026-03-28T20:00", 0, 1200, 480, "2026-03-29T08:00"),
    (BERLIN, "2026-03-29T07:59", 0, 1200, 480, "2026-03-29T08:00"),
    (BERLIN, "2026-03-29T08:00", 0, 1200, 480, None),
    (BERLIN, "2026-10-24T23:00", 0, 1200, 480, "2026-10-25T08:00"),
    # The hour that comes twice, in and out of a quiet time that ends in it.
    (BERLIN, "2026-10-25T02:15", 0, 1200, 150, "2026-10-25T02:30"),
    (BERLIN, "2026-10-25T02:45", 0, 1200, 150, None),
    # Half past two never comes in spring: at three the quiet time is over.
    (BERLIN, "2026-03-29T01:59", 0, 1200, 150, "2026-03-29T03:30"),
    (BERLIN, "2026-03-29T03:00", 0, 1200, 150, None),
    # When it is eight in Berlin it is seven in Lisbon.
    (LISBON, "2026-06-10T07:00", 0, 1200, 480, "2026-06-10T08:00"),
    (LISBON, "2026-10-24T21:00", 0, 1200, 480, "2026-10-25T08:00"),
    # Not over midnight, and none at all.
    (BERLIN, "2026-06-10T13:30", 0, 780, 840, "2026-06-10T14:00"),
    (BERLIN, "2026-06-10T03:00", 0, 0, 0, None),
]


@pytest.mark.parametrize("case", QUIET)
def test_the_quiet_time(salon: Salon, case: tuple[str, str, int, int, int, str | None]) -> None:
    zone, now, fold, begins, ends, until = case
    messaging = messaging_of(salon, zone, quiet_from_minute=begins, quiet_until_minute=ends)
    moment = wall(now, zone, fold)
    assert is_quiet(messaging, moment) is (until is not None)
    assert quiet_until(messaging, moment) == (wall(until, zone) if until else None)


def test_a_reminder_that_could_not_leave_before_the_night_waits_for_the_morning(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    """A burst at eight in the evening, or a mail server that was away for hours."""
    Messaging.objects.update(reminds_day_before=True, day_before_minute=20 * 60 - 5)
    book(salon, willing, "13:00")
    later(time)
    work()
    time.move_to(at(MONDAY - timedelta(days=1), "19:55"))
    letterbox.answers.append("451 later")
    work()
    time.move_to(at(MONDAY - timedelta(days=1), "20:05"))
    work()
    time.move_to(at(MONDAY, "07:59"))
    work()
    assert len(letterbox.letters) == 1
    time.move_to(at(MONDAY, "08:00"))
    work()
    assert letterbox.subjects[-1] == "Erinnerung: Ihr Termin am Montag, 24. November um 13:00 Uhr"
    assert Message.objects.get(kind=MessageKind.REMINDER).attempts == 2


def test_whoever_takes_it_back_is_not_reminded_of_what_waits(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    Messaging.objects.update(reminds_day_before=True, day_before_minute=19 * 60)
    book(salon, willing, "13:00")
    later(time)
    work()
    time.move_to(at(MONDAY - timedelta(days=1), "19:00"))
    remind_due(now=timezone.now())
    agree_to_reminders(willing, agrees=False, now=timezone.now())
    work()
    assert states() == [MessageState.SENT, MessageState.OVERTAKEN]


def test_whoever_books_after_it_was_due_has_the_confirmation(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    Messaging.objects.update(reminds_day_before=True)
    assert timezone.now() == at(date(2025, 11, 23), "18:00")
    book(salon, willing, "13:00")
    for _minute in range(3):
        later(time)
        work()
    time.move_to(at(MONDAY, "09:00"))
    work()
    assert len(letterbox.letters) == 1
