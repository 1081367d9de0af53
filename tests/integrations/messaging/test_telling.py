"""Book, move, cancel: exactly one right message each, and none that has ceased to be true."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from appointments import booking
from appointments.models import Customer
from appointments.models.appointment import Status
from integrations.messaging import outbox, sending, telling
from integrations.models import (
    AppointmentNotice,
    ContactPreference,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    Messaging,
)
from tests.integrations.messaging.conftest import Letterbox, book, later, states, work
from tests.salons import MONDAY, Salon, at


def test_a_booking_is_confirmed_once(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    book(salon, jana, "13:00")

    assert work() == 0  # whoever books and corrects is not written to twice
    later(time)
    assert work() == 1
    later(time)
    assert work() == 0

    (letter,) = letterbox.letters
    assert letter["to"] == "jana@probst.example"
    assert letter["subject"] == "Ihr Termin am Montag, 24. November um 13:00 Uhr"
    assert "Herrenhaarschnitt bei Emma Keller" in str(letter.get_body(("plain",)).get_content())
    assert "https://salon.example/termin/" in str(letter.get_body(("html",)).get_content())
    assert states() == [MessageState.SENT]


def test_move_and_cancellation_change_the_same_calendar_entry(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = book(salon, jana, "13:00")
    later(time)
    work()
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "15:00")), now=timezone.now())
    later(time)
    work()
    booking.cancel(appointment, now=timezone.now())
    later(time)
    work()

    assert letterbox.subjects == [
        "Ihr Termin am Montag, 24. November um 13:00 Uhr",
        "Geändert: Ihr Termin ist jetzt am Montag, 24. November um 15:00 Uhr",
        "Abgesagt: Ihr Termin am Montag, 24. November um 15:00 Uhr",
    ]
    entries = [letterbox.calendar_of(number) for number in range(3)]
    assert len({line for entry in entries for line in entry.splitlines() if line.startswith("UID:")}) == 1
    assert [f"SEQUENCE:{n}" in entry for n, entry in enumerate(entries, start=1)] == [True] * 3
    assert ["METHOD:REQUEST" in entry for entry in entries] == [True, True, False]
    assert "METHOD:CANCEL" in entries[2]
    assert "STATUS:CANCELLED" in entries[2]
    assert "DTSTART:20251124T140000Z" in entries[1]


def test_moves_within_a_minute_are_one_message_and_a_move_back_is_none(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = book(salon, jana, "13:00")
    later(time)
    work()
    for clock in ("14:00", "15:00", "13:00"):
        booking.reschedule(appointment, booking.Move(start=at(MONDAY, clock)), now=timezone.now())
    later(time)
    work()
    assert len(letterbox.letters) == 1

    for clock in ("14:00", "16:00"):
        booking.reschedule(appointment, booking.Move(start=at(MONDAY, clock)), now=timezone.now())
    later(time)
    work()
    assert letterbox.subjects[1:] == ["Geändert: Ihr Termin ist jetzt am Montag, 24. November um 16:00 Uhr"]


def test_what_was_cancelled_at_once_is_never_mentioned(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    booking.cancel(book(salon, jana, "13:00"), now=timezone.now())
    later(time)
    work()

    assert letterbox.letters == []


def test_a_confirmation_that_waits_for_the_server_is_overtaken_by_the_cancellation(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = book(salon, jana, "13:00")
    letterbox.answers.append("451 later")
    later(time)
    work()
    booking.cancel(appointment, now=timezone.now())
    later(time)
    work()
    later(time)
    work()

    assert letterbox.letters == []  # they were never told of it
    assert MessageState.SENT not in states()


def test_a_confirmation_that_waits_is_overtaken_by_the_move_and_said_anew(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = book(salon, jana, "13:00")
    letterbox.answers.append("451 later")
    later(time)
    work()
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "16:00")), now=timezone.now())
    for _minute in range(4):
        later(time)
        work()

    assert letterbox.subjects == ["Ihr Termin am Montag, 24. November um 16:00 Uhr"]


def test_nothing_is_sent_for_what_is_not_stored(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    book(salon, jana, "13:00")
    with pytest.raises(booking.SlotTaken):
        book(salon, jana, "13:00")
    later(time)
    work()

    assert len(letterbox.letters) == 1


def test_a_provisional_booking_is_told_when_it_is_decided(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = book(salon, jana, "13:00")
    type(appointment).objects.filter(pk=appointment.pk).update(status=Status.PROVISIONAL)
    later(time)
    work()
    assert letterbox.letters == []

    appointment.refresh_from_db()
    booking.mark(appointment, Status.CONFIRMED, now=timezone.now())
    later(time)
    work()
    assert letterbox.subjects == ["Ihr Termin am Montag, 24. November um 13:00 Uhr"]


def test_what_has_begun_is_no_news(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    book(salon, jana, "13:00")
    time.move_to(at(MONDAY, "13:05"))
    work()

    assert letterbox.letters == []


def test_what_waits_until_it_has_begun_is_not_sent_any_more(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    """The mail server was away all night."""
    book(salon, jana, "13:00")
    later(time)
    letterbox.answers.append("451 later")
    work()
    time.move_to(at(MONDAY, "13:00"))
    assert (work(), states(), letterbox.letters) == (0, [MessageState.OVERTAKEN], [])


def test_who_has_no_address_or_wants_none_is_not_written_to(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    ContactPreference.objects.create(company=salon.company, customer=jana, wants_messages=False)
    silent = Customer.objects.create(company=salon.company, name="Tom Keller", phone="+4930231251")
    book(salon, jana, "13:00")
    book(salon, silent, "15:00")
    book(salon, None, "17:00")
    later(time)
    work()

    assert letterbox.letters == []
    assert Message.objects.count() == 0


def test_a_salon_that_does_not_write_notes_nothing(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    Messaging.objects.all().delete()
    appointment = book(salon, jana, "13:00")
    assert AppointmentNotice.objects.count() == 0

    # From now on it does, and of this one the customer knows: a move is a change.
    Messaging.objects.create(branch=salon.branch)
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "16:00")), now=timezone.now())
    later(time)
    work()
    assert letterbox.subjects == ["Geändert: Ihr Termin ist jetzt am Montag, 24. November um 16:00 Uhr"]


def test_english_customers_and_own_words(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    ContactPreference.objects.create(company=salon.company, customer=jana, language="en")
    MessageTemplate.objects.create(
        company=salon.company,
        kind=MessageKind.CHANGE,
        language="en",
        subject="New time: {time}",
        text="Dear {first_name}, not {old_time} but {time}. {staff.password} <b>{salon}</b>",
    )
    appointment = book(salon, jana, "13:00")
    later(time)
    work()
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "16:00")), now=timezone.now())
    later(time)
    work()

    assert letterbox.subjects == ["Your appointment on Monday, 24 November at 13:00", "New time: 16:00"]
    plain = str(letterbox.letters[1].get_body(("plain",)).get_content())
    assert "Dear Jana, not 13:00 but 16:00." in plain
    html = str(letterbox.letters[1].get_body(("html",)).get_content())
    assert "&lt;b&gt;Morgenrot&lt;/b&gt;" in html


def test_more_than_the_days_limit_is_held_back_for_a_person(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    Messaging.objects.update(daily_limit=2)
    for clock in ("09:00", "11:00", "13:00"):
        book(salon, jana, clock)
    later(time)
    work()

    assert len(letterbox.letters) == 2
    assert sorted(states()) == [MessageState.SENT, MessageState.SENT, MessageState.WITHHELD]


def test_an_old_message_sent_again_by_staff_takes_back_nothing_that_was_told_since(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    appointment = book(salon, jana, "13:00")
    letterbox.answers.append("550 no such user")
    later(time)
    work()
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "16:00")), now=timezone.now())
    later(time)
    work()
    assert len(letterbox.letters) == 1

    outbox.send_again(Message.objects.filter(state=MessageState.FAILED), now=timezone.now())
    for _minute in range(3):
        work()
        later(time)
    assert len(letterbox.letters) == 1
    assert states() == [MessageState.OVERTAKEN, MessageState.SENT]


def test_one_that_cannot_be_worded_keeps_nobody_waiting(
    salon: Salon,
    jana: Customer,
    letterbox: Letterbox,
    time: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, fine = book(salon, jana, "09:00"), book(salon, jana, "13:00")
    worded = telling.worded

    def faulty(appointment: Any, *args: Any) -> Any:
        if appointment.pk == broken.pk:
            raise RuntimeError
        return worded(appointment, *args)

    monkeypatch.setattr(telling, "worded", faulty)
    later(time)
    work()
    assert list(Message.objects.values_list("appointment", flat=True)) == [fine.pk]
    monkeypatch.undo()
    later(time, hours=2)
    work()
    assert len(letterbox.letters) == 2


def test_a_database_that_breaks_off_delays_by_a_minute_only(
    salon: Salon,
    jana: Customer,
    letterbox: Letterbox,
    time: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found by ``make chaos``, seed 4711: a cancellation was told an hour late."""
    book(salon, jana, "13:00")
    later(time)
    with monkeypatch.context() as broken:
        broken.setattr(telling, "tell", mock.Mock(side_effect=OperationalError))
        work()
    assert letterbox.letters == []

    later(time)
    work()
    assert len(letterbox.letters) == 1


class TestTheMailServer:
    def test_is_tried_again_with_pauses(
        self, salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        letterbox.answers += ["451 later", "451 later"]
        book(salon, jana, "13:00")
        later(time)
        assert work() == 0
        assert work() == 0
        later(time)
        assert work() == 0
        later(time, minutes=6)
        assert work() == 1
        assert len(letterbox.letters) == 1

    def test_that_refuses_for_good_is_a_matter_for_a_person(
        self, salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        letterbox.answers.append("550 no such user")
        book(salon, jana, "13:00")
        later(time)
        work()
        assert states() == [MessageState.FAILED]
        assert Message.objects.get().error == "SMTP 550"

    def test_that_is_away_loses_nothing(
        self,
        salon: Salon,
        jana: Customer,
        letterbox: Letterbox,
        time: time_machine.Traveller,
        settings: object,
    ) -> None:
        settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT  # type: ignore[attr-defined]
        book(salon, jana, "13:00")
        later(time)
        work()
        assert states() == [MessageState.WAITING]
        settings.EMAIL_PORT = port  # type: ignore[attr-defined]
        later(time)
        assert work() == 1


class TestAWorkerThatDies:
    def test_before_it_gave_the_message_away_leaves_it_to_the_next(
        self, salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        book(salon, jana, "13:00")
        later(time)
        telling.tell_due(now=timezone.now())
        assert sending._claim(Message.objects.get().pk, timezone.now()) is not None
        assert work() == 0  # it may still be alive
        later(time)
        assert work() == 1
        assert len(letterbox.letters) == 1

    def test_while_the_server_was_taking_it_is_not_repeated(
        self, salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        book(salon, jana, "13:00")
        later(time)
        telling.tell_due(now=timezone.now())
        claimed = sending._claim(Message.objects.get().pk, timezone.now())
        assert claimed is not None
        message, _messaging = claimed
        sending._hand_over(message)
        later(time)
        work()
        assert letterbox.letters == []
        assert states() == [MessageState.UNCLEAR]


def test_a_clock_that_is_set_back_keeps_no_customer_waiting(
    salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    """Neither what is not written yet nor what is written and not sent."""
    book(salon, jana, "10:00")
    time.shift(timedelta(hours=-1))
    work()
    assert len(letterbox.letters) == 1

    Message.objects.update(state=MessageState.WAITING, next_try_at=timezone.now() + timedelta(minutes=1))
    time.shift(timedelta(hours=-1))
    work()
    assert len(letterbox.letters) == 2
