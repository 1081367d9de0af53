"""The phone and Cal.com: what is said to the caller is what the calendar will show."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.models import SlotReservation
from integrations.tasks import clean_up_slots
from tests.calls.phone import CUT, PERM, WHEN, Phone, booked, held, nothing_blocks
from tests.integrations.calendar import CUTS, CalendarSalon, calendar_salon
from tests.salons import MONDAY, NOW, at

EMMA, JONAS = 101, 102


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    settings.CALENDAR_CALL_BUDGET_MS = 5000
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


@pytest.fixture
def phone(calendar: CalendarSalon) -> Phone:
    return Phone(calendar.salon.number)


def reserved(calendar: CalendarSalon) -> int:
    return SlotReservation.objects.filter(released_at=None).count()


def test_from_check_to_booking(calendar: CalendarSalon, phone: Phone) -> None:
    checked = phone.ask("check_availability", **PERM)
    assert (checked["status"], checked["calendar"]) == ("available", "synced")
    assert reserved(calendar) == 3

    valid = phone.ask("pre_booking_revalidation", reservation_id=checked["reservation_id"])
    assert (valid["status"], valid["calendar"]) == ("valid", "synced")
    assert reserved(calendar) == 3

    reply = phone.ask("start_booking", reservation_id=checked["reservation_id"], name="Jana Probst")
    assert (reply["status"], reply["calendar"]) == ("booked", "synced")
    assert len(calendar.there()) == 3


def test_its_own_slot_reservation_is_never_in_its_way(calendar: CalendarSalon, phone: Phone) -> None:
    """Incident D11."""
    for _ in range(3):
        reply = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        assert (reply["status"], reply["calendar"]) == ("available", "synced")
    for _ in range(3):
        reply = phone.ask("pre_booking_revalidation", reservation_id=reply["reservation_id"])
        assert (reply["status"], reply["calendar"]) == ("valid", "synced")


def test_a_reservation_that_was_never_answered_is_not_in_its_way_either(
    calendar: CalendarSalon, phone: Phone
) -> None:
    calendar.sandbox.faults.add("error_after", "reserve")
    first = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
    assert (first["status"], first["calendar"]) == ("available", "unverified")

    again = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
    assert (again["status"], again["calendar"]) == ("available", "unverified")


def test_what_is_taken_there_is_not_held_here(calendar: CalendarSalon, phone: Phone) -> None:
    calendar.sandbox.book(CUTS[EMMA], at(MONDAY, "09:30"))

    reply = phone.ask("check_availability", **CUT, mitarbeiter="Emma")

    assert (reply["status"], reply["reason"]) == ("unavailable", "calendar_taken")
    assert nothing_blocks()


def test_the_next_stylist_has_a_turn(calendar: CalendarSalon, phone: Phone) -> None:
    calendar.sandbox.book(CUTS[EMMA], at(MONDAY, "09:30"))

    reply = phone.ask("check_availability", **CUT)

    assert (reply["status"], reply["staff"]) == ("available", "Jonas Brandt")
    assert held() == [("Jonas Brandt", "Mo 10:00", "Herrenhaarschnitt")]


def test_what_is_taken_there_is_offered_to_nobody(calendar: CalendarSalon, phone: Phone) -> None:
    """Incidents C1 and C14."""
    for host, clocks in ((EMMA, ("09:00", "10:00", "11:00")), (JONAS, ("09:00", "10:00", "11:00"))):
        for clock in clocks:
            calendar.sandbox.book(CUTS[host], at(MONDAY, clock))

    reply = phone.ask("check_availability", **CUT)

    assert reply["status"] == "unavailable"
    offered = [each["starts_at"][11:16] for each in reply["alternatives"]]
    assert offered
    for each in reply["alternatives"]:
        chosen = phone.ask("check_availability", offer_id=each["offer_id"])
        assert (chosen["status"], chosen["calendar"]) == ("available", "synced")


def test_between_the_starts_of_the_calendars_grid_it_has_no_opinion(
    calendar: CalendarSalon, phone: Phone
) -> None:
    types = calendar.world.account.event_types
    types[CUTS[EMMA]] = replace(types[CUTS[EMMA]], interval=30)
    calendar.salon.emma.calendar_event_types.filter(event_type_id=CUTS[EMMA]).update(slot_interval=30)

    reply = phone.ask(
        "check_availability",
        **{**WHEN, "uhrzeit": "10:05"},
        dienstleistung="Herrenhaarschnitt",
        mitarbeiter="Emma",
    )
    assert (reply["status"], reply["calendar"]) == ("available", "unverified")


@pytest.mark.parametrize("fault", ["error_before", "cut_before", "rate_limited", "unauthorized", "malformed"])
def test_without_an_answer_our_own_hold_stands(calendar: CalendarSalon, phone: Phone, fault: str) -> None:
    calendar.sandbox.faults.add(fault, "slots", times=None)

    reply = phone.ask("check_availability", **CUT)
    assert (reply["status"], reply["calendar"]) == ("available", "unverified")
    assert len(held()) == 1


def test_a_slow_calendar_keeps_nobody_waiting(calendar: CalendarSalon, phone: Phone, settings: Any) -> None:
    settings.CALENDAR_CALL_BUDGET_MS = 200
    calendar.world.latency_ms = 3000

    assert phone.ask("check_availability", **CUT)["calendar"] == "unverified"
    reply = phone.ask("start_booking", **CUT, name="Jana Probst")
    assert (reply["status"], reply["calendar"]) == ("booked", "pending")


def test_taken_there_while_the_caller_thought(calendar: CalendarSalon, phone: Phone) -> None:
    """Incident 4: the truth once more, before the name is asked."""
    checked = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
    calendar.sandbox.ask(
        "POST",
        "/v2/bookings",
        eventTypeId=CUTS[EMMA],
        start=at(MONDAY, "10:20").isoformat(),
        attendee={"name": "Frida Lang", "email": "frida@kundin.example", "timeZone": "Europe/Berlin"},
    ).raise_for_status()

    reply = phone.ask("pre_booking_revalidation", reservation_id=checked["reservation_id"])

    assert (reply["status"], reply["reason"]) == ("lost", "calendar_taken")
    assert reply["alternatives"]
    assert held() == []


def test_taken_there_at_the_last_moment(calendar: CalendarSalon, phone: Phone) -> None:
    """Invariant I4: the refusal leaves neither row nor booking."""
    checked = phone.ask("check_availability", **PERM, mitarbeiter="Emma")
    calendar.sandbox.faults.add("refused", "create", event_type=3003)

    reply = phone.ask("start_booking", reservation_id=checked["reservation_id"], name="Jana Probst")

    assert (reply["status"], reply["reason"]) == ("slot_taken", "calendar_taken")
    assert reply["alternatives"]
    # Not the very time that has just been refused, whatever the calendar shows of it now.
    assert checked["starts_at"] not in {each["starts_at"] for each in reply["alternatives"]}
    assert booked() == []
    assert Appointment.objects.get().status == Status.REJECTED
    assert calendar.there() == []


def test_the_calendar_booked_another_time(calendar: CalendarSalon, phone: Phone) -> None:
    """Incident 2."""
    calendar.sandbox.faults.add("shifted", "create", minutes=30)

    reply = phone.ask("start_booking", **CUT, mitarbeiter="Emma", name="Jana Probst")

    assert reply["status"] == "slot_taken"
    assert nothing_blocks()
    assert calendar.there() == []


def test_a_repeat_is_answered_as_the_first(calendar: CalendarSalon, phone: Phone) -> None:
    """Incidents D6 and D8."""
    first = phone.ask("start_booking", **CUT, name="Jana Probst")
    again = phone.ask("start_booking", **CUT, name="Jana Probst")

    assert (first["status"], again["status"]) == ("booked", "already_booked")
    assert (again["calendar"], len(calendar.there())) == ("synced", 1)


def test_strict_without_an_answer_is_provisional(calendar: CalendarSalon, phone: Phone) -> None:
    calendar.salon.branch.calendar = "strict"
    calendar.salon.branch.save()
    calendar.sandbox.faults.add("error_before", "create")

    reply = phone.ask("start_booking", **CUT, name="Jana Probst")
    assert (reply["status"], reply["calendar"]) == ("provisional", "pending")


def test_strict_with_an_answer_is_booked(calendar: CalendarSalon, phone: Phone) -> None:
    calendar.salon.branch.calendar = "strict"
    calendar.salon.branch.save()

    reply = phone.ask("start_booking", **CUT, name="Jana Probst")
    assert (reply["status"], reply["calendar"]) == ("booked", "synced")


def test_what_is_given_back_here_is_given_back_there(calendar: CalendarSalon, phone: Phone) -> None:
    phone.ask("check_availability", **PERM)
    assert reserved(calendar) == 3

    phone.ask("release_reservation")
    clean_up_slots()

    assert reserved(calendar) == 0
    slots = calendar.sandbox.ask(
        "GET",
        "/v2/slots?eventTypeId=3002&start=2025-11-24&end=2025-11-24&timeZone=UTC",
        version="2024-09-04",
    )
    assert any("T09:00" in slot["start"] for slot in slots.json()["data"]["2025-11-24"])


def test_an_expired_hold_is_cleaned_up_there(calendar: CalendarSalon, phone: Phone) -> None:
    phone.ask("check_availability", **CUT)
    with time_machine.travel(NOW.timestamp() + 200, tick=True):
        clean_up_slots()
    assert reserved(calendar) == 0
