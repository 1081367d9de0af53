"""A salon may limit how many appointments to come a caller has; that is said before anything is promised."""

import pytest

from appointments.models import Appointment, Customer, Policy
from tests.calls.phone import CUT, PERM, Phone, booked, give, held
from tests.salons import MONDAY, Salon

REACHED = "max_appointments_reached"


@pytest.fixture
def ten(salon: Salon, jana: Customer) -> Appointment:
    """The caller's: Monday at ten, with Emma."""
    return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)


@pytest.fixture
def one_each(salon: Salon, ten: Appointment) -> Policy:
    return Policy.objects.create(company=salon.company, max_open_appointments=1)


@pytest.mark.parametrize(
    ("function", "status", "hour"),
    [
        ("check_availability", "unavailable", "14:00"),
        ("check_availability", "unavailable", "nachmittags"),
        ("pre_booking_revalidation", "lost", "14:00"),
        ("start_booking", "refused", "14:00"),
        ("get_alternatives", "none", "14:00"),
        ("get_alternatives", "none", "nachmittags"),
        ("collect_appointment_data", "unavailable", "14:00"),
    ],
)
def test_every_function_says_so(
    function: str, status: str, hour: str, phone: Phone, one_each: Policy
) -> None:
    reply = phone.ask(function, **{**CUT, "uhrzeit": hour}, name="Jana Probst")

    assert (reply["status"], reply["alternatives"]) == (status, [])
    assert reply.get("reason", REACHED) == REACHED
    assert "schon einen kommenden Termin" in reply["message"]
    assert "verschieben" in reply["message"]
    assert (held(), len(booked())) == ([], 1)


def test_the_slot_they_have_is_still_recognised(phone: Phone, one_each: Policy) -> None:
    assert phone.ask("check_availability", **CUT)["status"] == "existing"


def test_moving_is_no_further_appointment(phone: Phone, one_each: Policy) -> None:
    reply = phone.ask("reschedule_appointment", neues_datum="2025-11-25", neue_uhrzeit="14:00")

    assert (reply["status"], booked()) == ("rescheduled", [("Emma Keller", "Di 14:00", "Herrenhaarschnitt")])


def test_repeating_the_last_booking_says_it_again(phone: Phone, salon: Salon, jana: Customer) -> None:
    Policy.objects.create(company=salon.company, max_open_appointments=1)
    wish = {**CUT, "name": "Jana Probst"}
    assert phone.ask("start_booking", **wish)["status"] == "booked"

    assert phone.ask("start_booking", **wish)["status"] == "already_booked"


def test_a_new_caller_is_limited_after_their_first(phone: Phone, salon: Salon) -> None:
    Policy.objects.create(company=salon.company, max_open_appointments=1)
    assert phone.ask("start_booking", **CUT, name="Anna Sommer")["status"] == "booked"

    again = phone.ask("check_availability", **{**PERM, "uhrzeit": "14:00"})

    assert (again["status"], again["reason"]) == ("unavailable", REACHED)


def test_what_was_held_before_the_limit_was_reached_is_refused_in_the_end(
    phone: Phone, salon: Salon, jana: Customer
) -> None:
    """Another call of the same customer was faster; the writer has the last word."""
    Policy.objects.create(company=salon.company, max_open_appointments=1)
    reservation_id = phone.ask("check_availability", **{**CUT, "uhrzeit": "14:00"})["reservation_id"]
    Phone(salon.number).ask("start_booking", **CUT)

    reply = phone.ask("start_booking", reservation_id=reservation_id)

    assert (reply["status"], reply["reason"], len(booked())) == ("refused", REACHED, 1)


class TestOfOneStylist:
    @pytest.fixture(autouse=True)
    def one_with_emma(self, salon: Salon, ten: Appointment) -> None:
        Policy.objects.create(company=salon.company, staff=salon.emma, max_open_appointments=1)

    def test_wished_it_is_refused(self, phone: Phone) -> None:
        reply = phone.ask("check_availability", **{**CUT, "uhrzeit": "14:00"}, mitarbeiter="Emma")

        assert (reply["status"], reply["reason"]) == ("unavailable", REACHED)

    def test_with_anybody_it_is_with_the_other(self, phone: Phone) -> None:
        reply = phone.ask("check_availability", **{**CUT, "uhrzeit": "14:00"})

        assert (reply["status"], reply["staff"]) == ("available", "Jonas Brandt")

    def test_only_the_others_times_are_offered(self, phone: Phone) -> None:
        offers = phone.ask("get_alternatives", **{**CUT, "uhrzeit": "14:00"})["alternatives"]

        assert {each["staff"] for each in offers} == {"Jonas Brandt"}


def test_without_a_number_nobody_is_counted(salon: Salon, one_each: Policy) -> None:
    hidden = Phone(salon.number, caller=None)

    assert hidden.ask("check_availability", **{**CUT, "uhrzeit": "14:00"})["status"] == "available"
