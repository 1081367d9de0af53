"""A worker dies, stands still, or hears nothing it understands: nobody gets a message twice, and whoever
perhaps got none is a thing to do. SMTP knows no idempotency, so between "given" and "answered" nobody can know.
"""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment, Customer
from integrations.messaging import outbox, pace, sending, telling
from integrations.models import ContactPreference, Message, MessageState
from tests.integrations.messaging.conftest import BREAKS_OFF, Letterbox, book, later, states, work
from tests.salons import Salon

pytestmark = pytest.mark.usefixtures("letterbox")


@pytest.fixture
def appointment(salon: Salon, jana: Customer, time: time_machine.Traveller) -> Appointment:
    """Booked two minutes ago; its confirmation is written and waits."""
    one = book(salon, jana, "13:00")
    later(time)
    telling.tell_due(now=timezone.now())
    return one


def after(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], Any]) -> None:
    """``act`` once, as somebody else, when a function of ``sending`` has done its work."""
    original, acts = getattr(sending, name), [act]

    def stopped(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if acts:
            acts.pop()()
        return result

    monkeypatch.setattr(sending, name, stopped)


class TestAWorkerThatStandsStill:
    """Long enough for its claim to run out: a swapped-out process, a suspended machine, a slow name server."""

    def another_sends_it(self, time: time_machine.Traveller) -> Callable[[], None]:
        def act() -> None:
            later(time)
            assert work() == 1

        return act

    def test_sends_nothing_that_another_has_sent(
        self,
        appointment: Appointment,
        letterbox: Letterbox,
        time: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        after(monkeypatch, "_claim", self.another_sends_it(time))
        assert work() == 0
        assert len(letterbox.letters) == 1
        assert states() == [MessageState.SENT]

    def test_would_without_the_ticket(
        self,
        appointment: Appointment,
        letterbox: Letterbox,
        time: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The negative control: whoever merely notes that it is being sent sends it twice."""

        def unguarded(message: Message) -> None:
            Message.objects.filter(pk=message.pk).update(state=MessageState.HANDED_OVER)

        monkeypatch.setattr(sending, "_hand_over", unguarded)
        after(monkeypatch, "_claim", self.another_sends_it(time))
        work()
        assert len(letterbox.letters) == 2

    def test_sends_nothing_that_was_cancelled_meanwhile(
        self,
        appointment: Appointment,
        letterbox: Letterbox,
        time: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def cancelled() -> None:
            booking.cancel(appointment, now=timezone.now())
            later(time)
            work()

        after(monkeypatch, "_claim", cancelled)
        work()
        later(time)
        work()
        assert letterbox.letters == []
        assert states() == [MessageState.OVERTAKEN]

    def test_after_the_server_had_it_still_says_what_became_of_it(
        self,
        appointment: Appointment,
        letterbox: Letterbox,
        time: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def given_up() -> None:
            later(time)
            work()
            assert states() == [MessageState.UNCLEAR]

        after(monkeypatch, "post", given_up)
        work()
        assert states() == [MessageState.SENT]
        assert len(letterbox.letters) == 1

    def test_and_is_not_sent_again_if_staff_ask_for_it_before_that(
        self,
        appointment: Appointment,
        letterbox: Letterbox,
        time: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def asked_for() -> None:
            later(time)
            sending.give_up_on_the_dead(now=timezone.now())
            outbox.send_again(Message.objects.all(), now=timezone.now())

        after(monkeypatch, "post", asked_for)
        work()
        later(time)
        work()
        assert states() == [MessageState.SENT]
        assert len(letterbox.letters) == 1


class TestAWorkerThatDied:
    def test_with_the_message_in_its_hands_is_a_thing_to_do(
        self, appointment: Appointment, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        claimed = sending._claim(Message.objects.get().pk, timezone.now())
        assert claimed is not None
        message, _messaging = claimed
        sending._hand_over(message)
        later(time)
        work()
        assert letterbox.letters == []
        assert states() == [MessageState.UNCLEAR]

    def test_is_not_followed_by_old_news(
        self, appointment: Appointment, letterbox: Letterbox, time: time_machine.Traveller
    ) -> None:
        """What perhaps did not arrive is not said again when the appointment has gone: that is said."""
        claimed = sending._claim(Message.objects.get().pk, timezone.now())
        assert claimed is not None
        message, _messaging = claimed
        sending._hand_over(message)
        booking.cancel(appointment, now=timezone.now())
        for _minute in range(3):
            later(time)
            work()
        outbox.send_again(Message.objects.filter(state=MessageState.UNCLEAR), now=timezone.now())
        for _minute in range(2):
            later(time)
            work()
        assert letterbox.subjects == ["Abgesagt: Ihr Termin am Montag, 24. November um 13:00 Uhr"]
        assert letterbox.entry()[1:4] == (2, "CANCEL", "CANCELLED")


@pytest.mark.parametrize("answer", ["lost in translation", "251 will do", BREAKS_OFF])
def test_an_answer_that_is_neither_yes_nor_no_is_not_asked_for_again(
    appointment: Appointment, letterbox: Letterbox, time: time_machine.Traveller, answer: str
) -> None:
    letterbox.answers.append(answer)
    for _minute in range(3):
        work()
        later(time, hours=1)
    assert states() == [MessageState.UNCLEAR]
    assert letterbox.letters == []


def test_an_address_that_no_mail_can_have_is_a_definite_no_and_keeps_nobody_waiting(
    appointment: Appointment, salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    odd = "jana@probst.example\nBcc: all@probst.example"
    Customer.objects.filter(pk=jana.pk).update(email=odd)
    Message.objects.update(recipient=odd)
    anna = Customer.objects.create(company=salon.company, name="Anna Sommer", email="anna@sommer.example")
    book(salon, anna, "15:00")
    later(time)
    work()
    assert states() == [MessageState.FAILED, MessageState.SENT]
    assert len(letterbox.letters) == 1


def test_who_wants_no_more_is_not_written_to_either_what_waits(
    appointment: Appointment, salon: Salon, jana: Customer, letterbox: Letterbox
) -> None:
    ContactPreference.objects.create(company=salon.company, customer=jana, wants_messages=False)
    work()
    assert states() == [MessageState.OVERTAKEN]
    assert letterbox.letters == []


class TestThePace:
    def test_is_kept_by_all_workers_together(
        self, salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller, settings: Any
    ) -> None:
        settings.EMAILS_PER_MINUTE = 2
        for clock in ("09:00", "11:00", "13:00"):
            book(salon, jana, clock)
        later(time)
        assert (work(), work()) == (2, 0)
        assert 0 < pace.seconds_to_wait(now=timezone.now()) <= 66
        later(time)
        assert work() == 1
        assert set(Message.objects.values_list("attempts", flat=True)) == {1}

    def test_who_has_just_booked_waits_for_no_reminder(
        self, appointment: Appointment, letterbox: Letterbox, settings: Any
    ) -> None:
        settings.EMAILS_PER_MINUTE = 1
        confirmation = Message.objects.get()
        Message.objects.filter(pk=confirmation.pk).update(next_try_at=timezone.now())
        confirmation.pk, confirmation.kind = None, "reminder"
        confirmation.next_try_at = appointment.created_at
        confirmation.save(force_insert=True)
        work()
        assert letterbox.subjects == ["Ihr Termin am Montag, 24. November um 13:00 Uhr"]
