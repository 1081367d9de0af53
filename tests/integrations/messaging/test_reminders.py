"""Reminders: to those who agreed, once for each time, not at night, and never too late."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from appointments import booking
from appointments.models import Company, Customer, OpeningHours
from integrations.messaging.preferences import agree_to_reminders
from integrations.messaging.quiet import is_quiet
from integrations.messaging.recipients import ways_of
from integrations.messaging.reminders import remind_due
from integrations.models import Message, MessageKind, Messaging
from tests.integrations.messaging.conftest import Letterbox, book, work
from tests.nights import NIGHTS, hours_from, noon_before
from tests.salons import MONDAY, NOW, Salon, at, open_on

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def willing(jana: Customer) -> Customer:
    agree_to_reminders(jana, agrees=True, now=NOW)
    return jana


def on_tuesday(salon: Salon, customer: Customer, clock: str, day: date = TUESDAY) -> object:
    return booking.book(
        salon.request(salon.cut, salon.emma, now=timezone.now()),
        start=at(day, clock),
        visit=booking.Visit(source="staff", customer=customer),  # type: ignore[arg-type]
    )


def reminders() -> list[str]:
    return list(Message.objects.filter(kind=MessageKind.REMINDER).values_list("subject", flat=True))


def test_comes_once_a_day_before(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    on_tuesday(salon, willing, "13:00")
    time.move_to(at(MONDAY, "12:00"))
    work()
    assert reminders() == []
    time.move_to(at(MONDAY, "13:00"))
    work()
    work()
    assert letterbox.subjects[-1] == "Erinnerung: Ihr Termin am Dienstag, 25. November um 13:00 Uhr"
    assert len(reminders()) == 1


def test_a_moved_appointment_is_reminded_of_anew(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = on_tuesday(salon, willing, "13:00")
    time.shift(timedelta(minutes=2))
    work()
    time.move_to(at(MONDAY, "13:00"))
    work()
    booking.reschedule(
        appointment,  # type: ignore[arg-type]
        booking.Move(start=at(MONDAY + timedelta(days=3), "10:00")),
        now=timezone.now(),
    )
    time.shift(timedelta(minutes=2))
    work()
    time.move_to(at(MONDAY + timedelta(days=2), "10:00"))
    work()
    assert len(reminders()) == 2


def test_who_has_not_agreed_or_takes_it_back_is_not_reminded(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    on_tuesday(salon, jana, "13:00")
    agree_to_reminders(jana, agrees=True, now=NOW)
    agree_to_reminders(jana, agrees=False, now=NOW)
    time.move_to(at(MONDAY, "13:00"))
    work()
    assert reminders() == []


def test_what_was_cancelled_is_not_reminded_of(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = on_tuesday(salon, willing, "13:00")
    booking.cancel(appointment, now=timezone.now())  # type: ignore[arg-type]
    time.move_to(at(MONDAY, "13:00"))
    work()
    assert reminders() == []


def test_who_booked_just_now_needs_no_reminder(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    book(salon, willing, "17:00")  # tomorrow, less than a day ahead: the confirmation says it all
    time.shift(timedelta(minutes=2))
    work()
    time.move_to(at(MONDAY, "09:00"))
    work()
    assert reminders() == []


def test_the_quiet_hours_run_over_midnight_by_the_salons_clock(salon: Salon) -> None:
    messaging = Messaging.objects.select_related("branch__company").get()
    quiet = [
        is_quiet(messaging, at(MONDAY, clock)) for clock in ("07:59", "08:00", "19:59", "20:00", "23:59")
    ]
    assert quiet == [True, False, False, True, True]
    # The night of the clock change is as long as it is.
    assert is_quiet(messaging, at(date(2026, 3, 29), "03:30"))


def test_a_reminder_that_falls_into_the_night_comes_in_the_morning(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    open_on(salon.branch, (6,))
    Messaging.objects.update(reminder_hours=15)
    on_tuesday(salon, willing, "13:00")  # fifteen hours before is Monday, 22:00
    time.shift(timedelta(minutes=2))
    work()
    time.move_to(at(MONDAY, "22:05"))
    work()
    assert reminders() == []
    time.move_to(at(TUESDAY, "08:00"))
    work()
    assert len(letterbox.letters) == 2
    assert len(reminders()) == 1


def test_two_workers_at_once_write_one(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    on_tuesday(salon, willing, "13:00")
    time.move_to(at(MONDAY, "13:00"))
    from integrations.messaging import reminders as module  # noqa: PLC0415

    messaging = Messaging.objects.select_related("branch__company").get()
    ways, now = ways_of(messaging), timezone.now()
    (appointment,) = module._due(messaging, ways, now)
    both = [module._reminder(messaging, appointment, ways, now, to={}) for _worker in range(2)]
    for reminder in both:
        assert reminder is not None
        Message.objects.bulk_create([reminder], ignore_conflicts=True)
    assert len(reminders()) == 1


def test_queries_do_not_grow_with_the_reminders_that_are_not_due(
    salon: Salon, willing: Customer, time: time_machine.Traveller, django_assert_num_queries: object
) -> None:
    for clock in ("09:00", "11:00", "13:00", "15:00"):
        on_tuesday(salon, willing, clock, day=MONDAY + timedelta(days=5))
    time.move_to(at(MONDAY, "12:00"))
    with django_assert_num_queries(2):  # type: ignore[operator]
        remind_due(now=timezone.now())


@pytest.mark.parametrize("day", NIGHTS.values(), ids=NIGHTS)
def test_once_over_the_nights_that_are_odd(
    salon: Salon, willing: Customer, time: time_machine.Traveller, day: date
) -> None:
    """A day before is twenty-four hours before, also if that day has twenty-three or twenty-five."""
    OpeningHours.objects.all().delete()
    open_on(salon.branch, range(7))
    Company.objects.update(holidays="")
    salon.branch.company.refresh_from_db()
    time.move_to(noon_before(day, days=2))
    on_tuesday(salon, willing, "13:00", day=day)
    for now in hours_from(timezone.now(), 48, minutes=30):
        remind_due(now=now)
    reminder = Message.objects.get()
    assert reminder.created_at == reminder.starts_at - timedelta(hours=24)


def test_a_clock_that_is_set_back_reminds_nobody_again(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    on_tuesday(salon, willing, "13:00")
    time.shift(timedelta(minutes=2))
    work()
    time.move_to(at(MONDAY, "13:00"))
    work()
    for minutes in (-60, 30, 30, 30):
        time.shift(timedelta(minutes=minutes))
        work()
    assert len(reminders()) == 1
    assert letterbox.subjects.count(letterbox.subjects[-1]) == 1


def test_one_that_waits_follows_a_corrected_address(
    salon: Salon, willing: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    on_tuesday(salon, willing, "13:00")
    time.move_to(at(MONDAY, "12:00"))
    work()
    letterbox.answers.append("451 later")
    time.move_to(at(MONDAY, "13:00"))
    work()
    willing.email = "jana.neu@probst.example"
    willing.save()
    time.shift(timedelta(minutes=2))
    work()
    assert [str(letter["to"]) for letter in letterbox.letters] == [
        "jana@probst.example",
        "jana.neu@probst.example",
    ]
    assert len(reminders()) == 1
