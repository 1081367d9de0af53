"""``pre_booking_revalidation``: the truth once more, before the name is asked (incident 4)."""

from typing import Any
from unittest.mock import ANY

import pytest
import time_machine
from django.utils import timezone

from appointments import booking
from appointments.models import Absence, Customer, Reservation
from appointments.models.appointment import Source
from appointments.rules.phases import Phase, Plan
from tests.calls.phone import CUT, PERM, Phone, booked, give, held, nothing_blocks
from tests.salons import MONDAY, Salon, at


def hold(phone: Phone, wish: dict[str, str] = CUT, **more: Any) -> str:
    return str(phone.ask("check_availability", **{"mitarbeiter": "Emma", **wish, **more})["reservation_id"])


def take_over(salon: Salon, clock: time_machine.Traveller, clock_time: str = "10:00") -> None:
    """The caller is silent until the hold has expired, and staff book its time."""
    clock.shift(91)
    salon.book(salon.cut, salon.emma, MONDAY, clock_time, now=at(MONDAY, "00:00"))


def test_a_hold_is_confirmed_and_prolonged(phone: Phone, clock: time_machine.Traveller) -> None:
    reservation_id = hold(phone, PERM)
    clock.shift(60)

    reply = phone.ask("pre_booking_revalidation", reservation_id=reservation_id)

    assert reply == {
        "success": True,
        "status": "valid",
        "message": ANY,
        "available": True,
        "reservation_id": reservation_id,
        "expires_in": 90,
        "expires_at": "2025-11-23T18:02:30+01:00",
        "service": "Dauerwelle",
        "duration_minutes": 135,
        "price": "85.00",
        "staff": "Emma Keller",
        "starts_at": "2025-11-24T10:00:00+01:00",
        "ends_at": "2025-11-24T12:15:00+01:00",
        "calendar": "none",
    }


def test_near_the_end_it_says_how_long_is_left(phone: Phone, clock: time_machine.Traveller) -> None:
    """Ten minutes in all, whatever is said meanwhile."""
    reservation_id = hold(phone)
    for _minute in range(9):
        clock.shift(60)
        phone.ask("list_services")
    clock.shift(30)

    assert phone.ask("pre_booking_revalidation", reservation_id=reservation_id)["expires_in"] == 30


@pytest.mark.parametrize("words", [CUT, {**CUT, "mitarbeiter": "Emma"}])
def test_without_an_id_the_calls_own_hold_is_meant(words: dict[str, str], phone: Phone) -> None:
    reservation_id = hold(phone)

    reply = phone.ask("pre_booking_revalidation", **words)

    assert (reply["status"], reply["reservation_id"]) == ("valid", reservation_id)


def test_an_expired_hold_that_nobody_took_is_good_again(phone: Phone, clock: time_machine.Traveller) -> None:
    reservation_id = hold(phone)
    clock.shift(300)

    reply = phone.ask("pre_booking_revalidation", reservation_id=reservation_id)

    assert (reply["status"], reply["reservation_id"], reply["expires_in"]) == ("valid", reservation_id, 90)


def test_after_ten_minutes_the_time_is_held_anew_if_it_is_free(
    phone: Phone, clock: time_machine.Traveller
) -> None:
    first = hold(phone)
    clock.shift(601)

    reply = phone.ask("pre_booking_revalidation", reservation_id=first)

    assert (reply["status"], reply["starts_at"]) == ("valid", "2025-11-24T10:00:00+01:00")
    assert [reply["reservation_id"]] == [each.token for each in Reservation.objects.held()]


def test_what_has_been_lost_is_said_with_alternatives(
    phone: Phone, salon: Salon, clock: time_machine.Traveller
) -> None:
    reservation_id = hold(phone)
    take_over(salon, clock)

    reply = phone.ask("pre_booking_revalidation", reservation_id=reservation_id)

    assert reply == {
        "success": False,
        "status": "lost",
        "message": ANY,
        "reason": "taken",
        "alternatives": [ANY, ANY, ANY],
    }
    assert held() == []


@pytest.mark.parametrize("clock_time", ["10:00", "10:30"])
def test_what_an_outside_booking_has_taken_is_said_with_alternatives(
    phone: Phone, salon: Salon, clock_time: str
) -> None:
    """Incident D16: the hold is alive by the clock, and its time is somebody else's already."""
    reservation_id = hold(phone)
    booking.record(
        staff=salon.emma,
        service=salon.cut,
        start=at(MONDAY, clock_time),
        plan=Plan((Phase("", 60),)),
        visit=booking.Visit(source=Source.CALENDAR),
        now=timezone.now(),
    )

    reply = phone.ask("pre_booking_revalidation", reservation_id=reservation_id)

    assert (reply["status"], reply["reason"], len(reply["alternatives"])) == ("lost", "taken", 3)
    assert held() == []


def test_a_lost_hold_can_be_changed_for_an_alternative(
    phone: Phone, salon: Salon, clock: time_machine.Traveller
) -> None:
    reservation_id = hold(phone)
    take_over(salon, clock)
    offers = phone.ask("pre_booking_revalidation", reservation_id=reservation_id)["alternatives"]

    reply = phone.ask("pre_booking_revalidation", position=2)

    assert (reply["status"], reply["starts_at"]) == ("valid", offers[1]["starts_at"])


def test_without_a_hold_a_free_time_is_held_now(phone: Phone) -> None:
    reply = phone.ask("pre_booking_revalidation", **CUT, mitarbeiter="Jonas")

    assert reply["status"] == "valid"
    assert held() == [("Jonas Brandt", "Mo 10:00", "Herrenhaarschnitt")]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"uhrzeit": "19:30"}, "outside_hours"),
        ({"datum": "2025-12-25"}, "holiday"),
        ({"uhrzeit": "10:02"}, "off_grid"),
        ({"datum": "2025-11-17"}, "past"),
        ({"datum": "2026-08-03"}, "too_far"),
        ({"mitarbeiter": "Jonas"}, "staff_absent"),
        ({"mitarbeiter": "Xaver"}, "staff_unknown"),
    ],
)
def test_a_time_that_cannot_be_had_is_lost_for_its_reason(
    words: dict[str, str], reason: str, phone: Phone, salon: Salon
) -> None:
    Absence.objects.create(staff=salon.jonas, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY, "23:00"))

    reply = phone.ask("pre_booking_revalidation", **{**CUT, **words})

    assert (reply["status"], reply["reason"]) == ("lost", reason)
    assert nothing_blocks()


@pytest.mark.parametrize(
    "beside",
    [
        {"datum": "2025-11-25"},
        {"uhrzeit": "10:30"},
        {"datetime": "2025-11-24 11:00"},
        {"dienstleistung": "Dauerwelle"},
        {"mitarbeiter": "Jonas"},
    ],
)
def test_an_id_and_words_that_say_something_else_are_a_question(beside: dict[str, str], phone: Phone) -> None:
    """Incident A25. The hold stands until the caller has answered."""
    reservation_id = hold(phone)

    reply = phone.ask("pre_booking_revalidation", reservation_id=reservation_id, **beside)

    assert reply["status"] == "needs_clarification"
    assert held() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]


def test_the_id_of_another_call_is_as_good_as_none(phone: Phone, salon: Salon) -> None:
    """Invariant I8. With it anybody could keep a stranger's time blocked."""
    reservation_id = hold(phone)
    other = Phone(salon.number, "+4915000000002")

    assert other.ask("pre_booking_revalidation", reservation_id=reservation_id)["missing"] == [
        "dienstleistung"
    ]
    reply = other.ask("pre_booking_revalidation", reservation_id=reservation_id, **CUT, mitarbeiter="Emma")
    assert (reply["status"], reply["reason"]) == ("lost", "taken")


def test_what_this_call_has_booked_is_existing(phone: Phone) -> None:
    reservation_id = hold(phone)
    appointment_id = phone.ask("start_booking", reservation_id=reservation_id, name="Jana Probst")[
        "appointment_id"
    ]

    reply = phone.ask("pre_booking_revalidation", reservation_id=reservation_id)

    assert (reply["status"], reply["appointment_id"]) == ("existing", appointment_id)


def test_what_the_customer_had_before_is_existing(phone: Phone, salon: Salon, jana: Customer) -> None:
    own = give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)

    reply = phone.ask("pre_booking_revalidation", **CUT)

    assert (reply["status"], reply["appointment_id"]) == ("existing", own.pk)


def test_the_childs_hold_is_not_the_mothers_appointment(phone: Phone) -> None:
    """Mother and child at ten (invariant I7): the first booking must not answer for the second."""
    mothers = hold(phone)
    childs = hold(phone, mitarbeiter="Jonas", name="Mia Sommer")
    phone.ask("start_booking", reservation_id=mothers, name="Anna Sommer")

    reply = phone.ask("pre_booking_revalidation", reservation_id=childs)

    assert (reply["status"], reply["staff"]) == ("valid", "Jonas Brandt")
    assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]
