"""Moves and cancellations on the phone, and what Cal.com has to say to them."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from appointments.models import Appointment, CustomerChange, Reservation
from calls.models import CallAppointment
from tests.calls.phone import Phone, booked, held
from tests.integrations.calendar import CUTS, CalendarSalon, calendar_salon
from tests.salons import MONDAY, NOW, at

EMMA = 101
TO_NOON = {"neues_datum": "2025-11-24", "neue_uhrzeit": "14:00"}


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    settings.CALENDAR_CALL_BUDGET_MS = 5000
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


@pytest.fixture
def phone(calendar: CalendarSalon) -> Phone:
    """Mara Test calls; her perm on Monday at ten with Emma stands at Cal.com too."""
    phone = Phone(calendar.salon.number, calendar.customer.phone)
    said = {"datum": "2025-11-24", "uhrzeit": "10:00", "dienstleistung": "Dauerwelle", "mitarbeiter": "Emma"}
    assert phone.ask("start_booking", **said)["calendar"] == "synced"
    return Phone(calendar.salon.number, calendar.customer.phone)


def starts(calendar: CalendarSalon) -> list[str]:
    return [start for _host, start, _end in calendar.there()]


def test_a_move_moves_there_too(calendar: CalendarSalon, phone: Phone) -> None:
    reply = phone.ask("reschedule_appointment", **TO_NOON)

    assert (reply["status"], reply["calendar"]) == ("rescheduled", "synced")
    assert starts(calendar) == ["14:00", "15:05", "15:20"]
    assert not Reservation.objects.held().exists()


def test_two_steps_with_the_calendar(calendar: CalendarSalon, phone: Phone) -> None:
    asked = phone.ask("reschedule_appointment", **TO_NOON, bestaetigung=False)
    moved = phone.ask("reschedule_appointment", bestaetigung=True)

    assert (asked["status"], moved["status"], moved["calendar"]) == (
        "ready_for_confirmation",
        "rescheduled",
        "synced",
    )
    assert (starts(calendar), held()) == (["14:00", "15:05", "15:20"], [])


def test_taken_there_everything_goes_back(calendar: CalendarSalon, phone: Phone) -> None:
    """Nothing is said of a move before the calendar has agreed; refused, neither time is lost."""
    calendar.sandbox.book(CUTS[EMMA], at(MONDAY, "15:10"))

    reply = phone.ask("reschedule_appointment", **TO_NOON)

    assert (reply["status"], reply["reason"]) == ("slot_taken", "calendar_taken")
    assert reply["alternatives"]
    assert booked() == [("Emma Keller", "Mo 10:00", "Dauerwelle")]
    assert [start for start in starts(calendar) if start != "15:10"] == ["10:00", "11:05", "11:20"]
    assert not CustomerChange.objects.exists()
    assert {each.relationship for each in CallAppointment.objects.all()} == {"original"}


def test_after_a_refused_move_the_next_one_goes(calendar: CalendarSalon, phone: Phone) -> None:
    calendar.sandbox.book(CUTS[EMMA], at(MONDAY, "15:10"))

    reply = phone.ask(
        "reschedule_appointment", neues_datum="Montag", neue_uhrzeit="vierzehn Uhr, sonst siebzehn Uhr"
    )

    assert (reply["status"], reply["starts_at"][11:16]) == ("rescheduled", "17:00")
    assert CustomerChange.objects.count() == 1


def test_after_a_refused_move_the_booking_is_still_booked(calendar: CalendarSalon) -> None:
    phone = Phone(calendar.salon.number, calendar.customer.phone)
    said = {"datum": "2025-11-24", "uhrzeit": "10:00", "dienstleistung": "Dauerwelle", "mitarbeiter": "Emma"}
    phone.ask("start_booking", **said)
    calendar.sandbox.book(CUTS[EMMA], at(MONDAY, "15:10"))
    assert phone.ask("reschedule_appointment", **TO_NOON)["status"] == "slot_taken"

    assert phone.ask("start_booking", **said)["status"] == "already_booked"
    assert phone.ask("confirm_booking")["status"] == "booked"


def test_no_answer_is_no_refusal(calendar: CalendarSalon, phone: Phone, settings: Any) -> None:
    settings.CALENDAR_CALL_BUDGET_MS = 200
    calendar.world.latency_ms = 3000

    reply = phone.ask("reschedule_appointment", **TO_NOON)

    assert (reply["status"], reply["calendar"]) == ("rescheduled", "pending")
    assert booked() == [("Emma Keller", "Mo 14:00", "Dauerwelle")]


def test_a_cancellation_cancels_there_too(calendar: CalendarSalon, phone: Phone) -> None:
    reply = phone.ask("cancel_appointment")

    assert (reply["status"], calendar.there()) == ("cancelled", [])


@pytest.mark.parametrize("fault", ["error_before", "cut_before", "rate_limited"])
def test_a_cancellation_never_depends_on_the_calendar(
    fault: str, calendar: CalendarSalon, phone: Phone
) -> None:
    calendar.sandbox.faults.add(fault, "cancel", times=None)

    reply = phone.ask("cancel_appointment")

    assert (reply["status"], booked()) == ("cancelled", [])
    assert Appointment.objects.get().status == "cancelled"
