"""Whoever books at Cal.com has an appointment with us."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appointments import booking
from appointments.models import Allocation, Appointment, Customer, Service
from appointments.models.appointment import Source, Status
from appointments.models.ledger import ReservationState
from integrations.models import CalendarBooking, CalendarCase, CalendarHost, CalendarSync, SyncState
from tests.integrations.incoming.letters import (
    cancelled,
    created,
    deliver,
    message,
    moved,
    open_cases,
    standing,
)
from tests.salons import MONDAY, Salon, at, make_salon


def the_appointment() -> Appointment:
    return Appointment.objects.get(source=Source.CALENDAR)


def test_it_becomes_an_appointment_that_takes_its_time(salon: Salon) -> None:
    assert deliver(created("u1", "10:00", phoneNumber="+4930900333")) == ["taken_over"]

    appointment = the_appointment()
    assert (appointment.staff, appointment.service) == (salon.emma, salon.cut)
    assert (appointment.starts_at, appointment.ends_at) == (at(MONDAY, "10:00"), at(MONDAY, "10:55"))
    assert appointment.status == Status.BOOKED
    assert appointment.history.first().channel == "calendar"
    assert appointment.history.first().actor == "u1"
    customer = appointment.customer
    assert (customer.name, customer.phone, customer.email) == (
        "Nora Vogt",
        "+4930900333",
        "nora@kundin.example",
    )
    assert Allocation.objects.filter(appointment=appointment).count() == 1
    (row,) = CalendarBooking.objects.filter(appointment=appointment)
    assert (row.uid, row.origin, row.state, row.calcom_user_id) == ("u1", "foreign", "exists", 101)
    assert CalendarSync.objects.get(appointment=appointment).state == SyncState.SYNCED


def test_it_is_as_long_as_it_was_booked(salon: Salon) -> None:
    """An event type may stand for a part of a service only."""
    deliver(created("u1", "10:00", event_type=3003, minutes=5))

    (phase,) = the_appointment().phases.all()
    assert (phase.name, phase.minutes, phase.busy) == ("Fixierung auftragen", 5, True)
    assert the_appointment().service == salon.perm


def test_what_has_to_be_confirmed_takes_its_time_until_it_is_rejected(salon: Salon) -> None:
    deliver(message("BOOKING_REQUESTED", "u1"))
    assert the_appointment().is_blocking

    deliver(message("BOOKING_CREATED", "u1"))  # it was confirmed
    assert Appointment.objects.count() == 1

    deliver(message("BOOKING_REQUESTED", "u2", "12:00"), message("BOOKING_REJECTED", "u2", "12:00"))
    assert Appointment.objects.get(starts_at=at(MONDAY, "12:00")).status == Status.CANCELLED


def test_its_cancellation_and_its_move_are_followed(salon: Salon) -> None:
    deliver(created("u1", "10:00"), moved("u1", "u2", "11:00"))
    appointment = the_appointment()
    assert appointment.starts_at == at(MONDAY, "11:00")
    assert standing() == ["u2"]

    assert deliver(cancelled("u2", "11:00")) == ["taken_over"]
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
    assert not Allocation.objects.exists()
    assert standing() == []
    assert open_cases() == []


def test_a_move_to_another_stylist_is_followed(salon: Salon) -> None:
    deliver(created("u1", "10:00"), moved("u1", "u2", "11:00", host=102, event_type=4001))

    assert the_appointment().staff == salon.jonas


def test_a_cancellation_that_comes_first_leaves_nothing(salon: Salon) -> None:
    assert deliver(cancelled("u1"), created("u1")) == ["ignored", "echo"]

    assert not Appointment.objects.exists()
    assert CalendarBooking.objects.get(uid="u1").appointment is None


def test_what_is_over_is_not_taken_over(salon: Salon, time: Any) -> None:
    body = created("u1", "10:00")
    time.move_to(at(MONDAY, "10:55"))

    assert deliver(body) == ["ignored"]
    assert not Appointment.objects.exists()


# Who it is.


def test_a_customer_is_known_by_number(salon: Salon) -> None:
    """Incident H6: whoever books under another name does not rename the customer."""
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930900333")

    deliver(created("u1", phoneNumber="030 900333"))

    appointment = the_appointment()
    assert (appointment.customer, appointment.attendee_name) == (jana, "Nora Vogt")
    assert appointment.contact_phone is None


def test_a_customer_is_known_by_an_address_of_their_own(salon: Salon) -> None:
    nora = Customer.objects.create(company=salon.company, name="Nora Vogt", email="Nora@Kundin.example")

    deliver(created("u1", "10:00"), created("u2", "12:00"))

    assert {one.customer for one in Appointment.objects.all()} == {nora}
    assert Customer.objects.count() == 1


def test_whoever_has_only_an_address_is_one_customer(salon: Salon) -> None:
    deliver(created("u1", "10:00"), created("u2", "12:00"))

    assert Customer.objects.count() == 1


def test_a_shared_address_says_nothing(salon: Salon) -> None:
    for name in ("Nora Vogt", "Tim Vogt"):
        Customer.objects.create(company=salon.company, name=name, email="nora@kundin.example")

    deliver(created("u1"))

    assert Customer.objects.count() == 3


@pytest.mark.parametrize("email", ["kunde-7@noreply.invalid", "4930900333@sms.cal.com", "no address", ""])
def test_a_made_up_address_is_nobodys(email: str, salon: Salon) -> None:
    deliver(created("u1", email=email, phoneNumber="+4930900333"))

    assert the_appointment().customer.email is None


def test_the_same_number_in_two_salons_is_two_customers(salon: Salon) -> None:
    """Incident I7."""
    other = make_salon("zeitreise").company
    Customer.objects.create(company=other, name="Jana Probst", phone="+4930900333")

    deliver(created("u1", phoneNumber="+4930900333"))

    assert the_appointment().customer.company == salon.company
    assert the_appointment().customer.name == "Nora Vogt"


def test_nobody_with_a_name_is_an_appointment_without_a_customer(salon: Salon) -> None:
    deliver(created("u1", name="  ", email=""))

    assert the_appointment().customer is None


# What and with whom.


def test_an_unknown_event_type_of_ours_takes_the_time_and_is_asked_about(salon: Salon) -> None:
    assert deliver(created("u1", event_type=9999)) == ["case"]

    appointment = the_appointment()
    assert appointment.is_blocking
    assert (appointment.service.name, appointment.service.active) == ("Cal.com: herrenhaarschnitt", False)
    assert open_cases() == ["unknown_event_type"]
    deliver(created("u2", "12:00", event_type=9999))
    assert Service.objects.filter(name__startswith="Cal.com").count() == 1
    deliver(cancelled("u1"))
    assert len(open_cases()) == 1


def test_an_unknown_host_of_an_event_type_of_ours_is_asked_about(salon: Salon) -> None:
    assert deliver(created("u1", host=999)) == ["case"]
    assert not Appointment.objects.exists()
    assert open_cases() == ["unknown_host"]

    deliver(cancelled("u1", host=999))
    assert open_cases() == []


def test_once_the_host_is_known_the_question_is_answered(salon: Salon) -> None:
    deliver(created("u1", host=999))
    CalendarHost.objects.filter(staff=salon.emma).update(calcom_user_id=999)

    deliver(created("u1", host=999))

    assert the_appointment().staff == salon.emma
    assert open_cases() == []


def test_what_is_of_another_salon_is_ignored(salon: Salon) -> None:
    assert deliver(created("u1", host=999, event_type=9999)) == ["ignored"]
    assert not CalendarCase.objects.exists()


def test_a_branch_without_calendar_hears_nothing(salon: Salon) -> None:
    salon.branch.calendar = "off"
    salon.branch.save()

    assert deliver(created("u1")) == ["ignored"]


# What is in its way.


def test_a_hold_is_lost_to_it(salon: Salon) -> None:
    """Somebody is on the phone; whoever has booked will come."""
    request = salon.request(salon.cut, salon.emma, holder="call:call_1", now=timezone.now())
    held = booking.hold(request, start=at(MONDAY, "10:00"))

    assert deliver(created("u1", "10:30")) == ["taken_over"]

    held.refresh_from_db()
    assert held.state == ReservationState.LOST
    assert the_appointment().is_blocking


def test_an_appointment_stays_and_it_waits_as_a_conflict(salon: Salon, caplog: Any) -> None:
    """Incident D16 and invariant I5: what was promised is not touched."""
    promised = salon.book(salon.cut, salon.emma, MONDAY, "10:00")

    assert deliver(created("u1", "10:30")) == ["case"]

    before = promised.revision
    promised.refresh_from_db()
    assert (promised.starts_at, promised.status, promised.revision) == (
        at(MONDAY, "10:00"),
        Status.BOOKED,
        before,
    )
    assert the_appointment().status == Status.CONFLICT
    (case,) = CalendarCase.objects.all()
    assert (case.kind, case.appointment, case.other) == ("conflict", the_appointment(), promised)
    assert any(record.levelname == "ERROR" for record in caplog.records)
    assert standing() == ["u1"]


def test_a_conflict_that_gets_its_time_is_solved_by_itself(salon: Salon) -> None:
    promised = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    deliver(created("u1", "10:30"))

    booking.cancel(promised, now=timezone.now())

    assert the_appointment().status == Status.BOOKED
    (case,) = CalendarCase.objects.all()
    assert case.solution == "itself"


def test_a_conflict_that_is_cancelled_is_solved_by_itself(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    deliver(created("u1", "10:30"), cancelled("u1", "10:30"))

    assert the_appointment().status == Status.CANCELLED
    assert open_cases() == []


def test_a_move_into_an_appointment_is_a_conflict(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")

    assert deliver(created("u1", "10:00"), moved("u1", "u2", "12:30")) == ["taken_over", "case"]
    assert deliver(moved("u2", "u3", "14:00")) == ["taken_over"]

    assert the_appointment().status == Status.BOOKED
    assert open_cases() == []
    assert standing() == ["u3"]


def test_what_staff_have_cancelled_here_does_not_come_back(salon: Salon) -> None:
    deliver(created("u1"))
    booking.cancel(the_appointment(), now=timezone.now())

    deliver(created("u1"), moved("u1", "u2", "12:00"))

    assert the_appointment().status == Status.CANCELLED
    sync = CalendarSync.objects.get(appointment=the_appointment())
    assert sync.state == SyncState.PENDING  # convergence takes the new one away as well
    assert sync.next_try_at - timezone.now() < timedelta(minutes=1)
