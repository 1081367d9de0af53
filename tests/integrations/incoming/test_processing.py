"""A message is worked on once at a time, again if that failed, and never lost."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from appointments.models import Appointment, Customer
from integrations.incoming import observing
from integrations.incoming.processing import MOST_FAILURES, process_due, process_event
from integrations.incoming.purging import purge_events
from integrations.models import CalendarBooking, CalendarEvent, EventOutcome
from tests.appointments.racing import meanwhile, race
from tests.integrations.incoming.letters import cancelled, created, deliver, event_of, moved, send
from tests.salons import Salon

OBSERVE = "integrations.incoming.processing.observe"


def test_it_is_tried_again_after_a_failure(salon: Salon, time: Any) -> None:
    body = created("u1", name="Nora Vogt")
    with patch(OBSERVE, side_effect=OperationalError("no database for Nora Vogt")):
        assert deliver(body) == ["new"]

    event = event_of(body)
    assert event.failures == 1
    assert event.next_try_at == timezone.now() + timedelta(seconds=30)
    assert process_due(now=timezone.now()) == 0

    time.shift(timedelta(seconds=30))
    assert process_due(now=timezone.now()) == 1
    assert event_of(body).outcome == "taken_over"
    assert event_of(body).error == ""


def test_a_failure_says_nothing_about_the_customer(salon: Salon, caplog: Any) -> None:
    body = created("u1")
    with patch(OBSERVE, side_effect=IntegrityError("Key (name)=(Nora Vogt) already exists")):
        deliver(body)

    assert "IntegrityError" in event_of(body).error
    assert "Nora" not in event_of(body).error + caplog.text


def test_it_fails_for_good_with_a_sentence_and_keeps_the_message(
    salon: Salon, time: Any, caplog: Any
) -> None:
    body = created("u1")
    send(body)
    with patch(OBSERVE, side_effect=OperationalError):
        for _time in range(MOST_FAILURES):
            assert process_due(now=timezone.now()) == 1
            time.shift(timedelta(hours=1))

    event = event_of(body)
    assert (event.outcome, event.failures, event.body) == (EventOutcome.FAILED, MOST_FAILURES, body)
    assert event.error
    assert process_due(now=timezone.now()) == 0
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == MOST_FAILURES


def test_one_that_fails_keeps_no_other_from_being_worked_on(salon: Salon) -> None:
    broken = created("u1")
    broken["payload"]["startTime"] = "soon"

    assert deliver(broken, created("u2", "12:00")) == ["failed", "taken_over"]


def test_whoever_dies_at_it_leaves_it_to_the_next(salon: Salon, time: Any) -> None:
    body = created("u1")
    send(body)
    with patch(OBSERVE, side_effect=SystemExit), pytest.raises(SystemExit):
        process_due(now=timezone.now())

    assert process_due(now=timezone.now()) == 0
    time.shift(timedelta(minutes=6))
    process_due(now=timezone.now())
    assert event_of(body).outcome == "taken_over"


def test_two_workers_work_on_it_once(committed: Salon) -> None:
    send(created("u1"))
    pk = CalendarEvent.objects.get().pk

    assert race([lambda: process_event(pk, now=timezone.now())] * 4) == [None] * 4
    assert Appointment.objects.count() == CalendarBooking.objects.count() == 1


def same_booking_told_twice() -> list[Any]:
    """Two messages about one booking, whose workers both look before either writes."""
    for happened in ("1", "2"):
        send(created("u1", happened=happened))
    first, second = CalendarEvent.objects.order_by("pk").values_list("pk", flat=True)
    return meanwhile(
        "integrations.incoming.observing.look",
        lambda: process_event(first, now=timezone.now()),
        lambda: process_event(second, now=timezone.now()),
    )


def test_two_messages_about_one_booking_make_one_appointment(committed: Salon) -> None:
    same_booking_told_twice()

    assert Appointment.objects.count() == 1
    assert set(CalendarEvent.objects.values_list("outcome", flat=True)) == {"taken_over", "echo"}


def test_without_the_lock_the_second_worker_fails(committed: Salon) -> None:
    """The negative control: both look at the same time. The database lets only one have the uid."""
    with patch.object(observing, "one_at_a_time", lambda _name: nullcontext()):
        same_booking_told_twice()

    assert CalendarEvent.objects.filter(failures=1).count() == 1


def two_halves_of_a_move() -> None:
    send(created("u1", "10:00"))
    send(moved("u1", "u2", "12:00"))
    first, second = CalendarEvent.objects.order_by("pk").values_list("pk", flat=True)
    meanwhile(
        "integrations.incoming.observing.look",
        lambda: process_event(first, now=timezone.now()),
        lambda: process_event(second, now=timezone.now()),
    )
    process_due(now=timezone.now() + timedelta(hours=1))


def test_a_booking_and_its_move_at_once_are_one_appointment(committed: Salon) -> None:
    two_halves_of_a_move()

    assert Appointment.objects.blocking().count() == 1


def two_bookings_of_somebody_new() -> None:
    send(created("u1", "10:00"))
    send(created("u2", "12:00"))
    first, second = CalendarEvent.objects.order_by("pk").values_list("pk", flat=True)
    meanwhile(
        "integrations.incoming.attendee._by_email",
        lambda: process_event(first, now=timezone.now()),
        lambda: process_event(second, now=timezone.now()),
    )


def test_two_bookings_at_once_are_of_one_customer(committed: Salon) -> None:
    two_bookings_of_somebody_new()

    assert (Appointment.objects.count(), Customer.objects.count()) == (2, 1)


def test_without_the_lock_they_are_of_two(committed: Salon) -> None:
    """The negative control: whoever has only an e-mail address is unique by nothing in the database."""
    with patch.object(observing, "one_at_a_time", lambda _name: nullcontext()):
        two_bookings_of_somebody_new()

    assert (Appointment.objects.count(), Customer.objects.count()) == (2, 2)


def test_old_messages_are_emptied_then_forgotten(salon: Salon, time: Any) -> None:
    deliver(created("u1"))
    waiting = created("u2", "12:00")
    send(waiting)

    time.shift(timedelta(days=29))
    assert purge_events(now=timezone.now()) == 0
    time.shift(timedelta(days=2))
    assert purge_events(now=timezone.now()) == 1
    assert CalendarEvent.objects.get(uid="u1").body == {}
    assert event_of(waiting).body == waiting  # nothing is lost before it was worked on
    assert purge_events(now=timezone.now()) == 0

    time.shift(timedelta(days=366))
    assert purge_events(now=timezone.now()) == 1
    assert not CalendarEvent.objects.filter(uid="u1").exists()


def test_a_repeat_after_its_body_is_forgotten_is_still_a_repeat(salon: Salon, time: Any) -> None:
    body = created("u1")
    deliver(body, cancelled("u1"))
    time.shift(timedelta(days=40))
    purge_events(now=timezone.now())

    assert deliver(body) == ["taken_over"]  # as it was then
    assert not Appointment.objects.blocking().exists()
