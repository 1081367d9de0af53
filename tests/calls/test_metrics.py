"""What of a call Prometheus is told: lost races, and how old the slots were that offers came from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import transaction

from appointments.tasks import sweep_reservations
from integrations.calcom.client import SLOTS
from integrations.models import SlotReservation
from tests.calls.phone import CUT, Phone
from tests.integrations.calendar import CUTS, CalendarSalon, calendar_salon
from tests.metrics import adding, counted
from tests.salons import MONDAY, NOW, Salon, at

RACES = "race_condition_detected_total"
HAIRCUT = {**CUT, "mitarbeiter": "Emma"}
ANNA = {"name": "Anna Sommer"}


def races(amount: float) -> Any:
    return adding(RACES, amount, service="Herrenhaarschnitt")


def take_over(salon: Salon, clock: time_machine.Traveller) -> None:
    """The caller is silent until the hold has expired, and staff book its time."""
    clock.shift(91)
    salon.book(salon.cut, salon.emma, MONDAY, "10:00", now=at(MONDAY, "00:00"))


@pytest.mark.parametrize("function", ["check_availability", "pre_booking_revalidation", "start_booking"])
def test_a_time_that_was_free_a_moment_ago_is_a_race(
    function: str, phone: Phone, salon: Salon, clock: time_machine.Traveller
) -> None:
    """Incident 4: thirty to sixty seconds between check and booking."""
    phone.ask("check_availability", **HAIRCUT)
    take_over(salon, clock)

    with races(1):
        phone.ask(function, **HAIRCUT, **ANNA, tool_call_id="tool_1")
        phone.ask(function, **HAIRCUT, **ANNA, tool_call_id="tool_1")  # delivered twice


def test_taken_from_the_start_is_no_race(phone: Phone, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")

    with races(0):
        phone.ask("check_availability", **HAIRCUT)
        phone.ask("start_booking", **HAIRCUT, **ANNA)


def test_refused_for_another_reason_is_no_race(phone: Phone, clock: time_machine.Traveller) -> None:
    phone.ask("check_availability", **HAIRCUT)
    clock.move_to(at(MONDAY, "09:55"))

    with races(0):
        assert phone.ask("check_availability", **HAIRCUT)["reason"] == "notice_too_short"


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    """Time goes on: Cal.com is asked over real HTTP, with real time-outs."""
    settings.CALENDAR_CALL_BUDGET_MS = 10_000
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        salon.world.slots_cache_seconds = 0
        yield salon


def test_what_cal_com_calls_taken_at_once_was_not_taken_just_now(calendar: CalendarSalon) -> None:
    """The hold that was tried for it has told the caller nothing."""
    calendar.sandbox.book(CUTS[101], at(MONDAY, "10:00"))
    phone = Phone(calendar.salon.number)

    with races(0):
        reply = phone.ask("check_availability", **HAIRCUT)

    assert (reply["status"], reply["reason"]) == ("unavailable", "calendar_taken")
    assert "gerade" not in reply["message"]


def test_what_cal_com_takes_back_is_a_race(calendar: CalendarSalon) -> None:
    phone = Phone(calendar.salon.number)
    phone.ask("check_availability", **HAIRCUT)
    # A slot reservation is a courtesy: whoever comes at the right moment books all the same.
    (courtesy,) = SlotReservation.objects.all()
    calendar.sandbox.ask("DELETE", f"/v2/slots/reservations/{courtesy.uid}", version=SLOTS)
    calendar.sandbox.book(CUTS[101], at(MONDAY, "10:00"))

    with races(1):
        reply = phone.ask("start_booking", **HAIRCUT, **ANNA)

    assert reply["status"] == "slot_taken"
    assert "gerade" in reply["message"]


@contextmanager
def looked_up(*, hits: bool, misses: bool) -> Iterator[None]:
    names = ("calendar_slot_cache_total", "cache_validation_age_seconds_count")
    before = [counted(names[0], result=result) for result in ("hit", "miss")] + [counted(names[1])]
    yield
    after = [counted(names[0], result=result) for result in ("hit", "miss")] + [counted(names[1])]
    hit, missed, ages = (now - then for now, then in zip(after, before, strict=True))
    assert (hit > 0, missed > 0) == (hits, misses)
    assert ages == hit


def test_offers_from_memory_are_hits_and_have_an_age(calendar: CalendarSalon) -> None:
    with looked_up(hits=False, misses=True):
        Phone(calendar.salon.number).ask("get_alternatives", **HAIRCUT)

    with looked_up(hits=True, misses=False), time_machine.travel(NOW, tick=True) as later:
        later.shift(30)
        total = counted("cache_validation_age_seconds_sum")
        Phone(calendar.salon.number).ask("get_alternatives", **HAIRCUT)

    assert counted("cache_validation_age_seconds_sum") - total > 20


def booking(amount: float, *, success: str, **labels: str) -> Any:
    facts = {"service": "Herrenhaarschnitt", "segment": "single", "success": success, **labels}
    return adding("booking_latency_seconds_count", amount, **facts)


def test_an_attempt_to_book_is_timed_by_service_and_outcome(phone: Phone, salon: Salon) -> None:
    with booking(1, success="true"), booking(0, success="false"):
        assert phone.ask("start_booking", **HAIRCUT, **ANNA)["status"] == "booked"

    with booking(1, success="false"), booking(0, success="true"):
        other = Phone(salon.number, caller="+4915000000002")
        assert other.ask("start_booking", **HAIRCUT, **ANNA)["status"] == "slot_taken"


def test_a_service_with_gaps_is_a_compound_one(phone: Phone) -> None:
    perm = {**CUT, "dienstleistung": "Dauerwelle"}
    with booking(1, success="true", service="Dauerwelle", segment="compound"):
        phone.ask("start_booking", **perm, **ANNA)


def test_a_question_back_is_no_attempt(phone: Phone) -> None:
    with booking(0, success="true"), booking(0, success="false"):
        assert phone.ask("start_booking", **HAIRCUT)["status"] == "needs_name"


def test_functions_are_counted_by_name_and_answer_whatever_they_were_called(phone: Phone) -> None:
    """Incident J8: a function of another version was unknown, and "gebucht" was said."""
    names = ("voice_function_replies_total", "voice_function_duration_seconds_count")
    with (
        adding(names[0], 1, function="start_booking", status="booked"),
        adding(names[1], 1, function="start_booking", success="true"),
    ):
        phone.ask("book_appointment_v17", **HAIRCUT, **ANNA)

    with (
        adding(names[0], 1, function="unknown", status="unknown_function"),
        adding(names[1], 1, function="unknown", success="false"),
    ):
        phone.ask("bestelle_pizza")


def expiries(*, booked: float, expired: float) -> tuple[Any, Any]:
    name = "slot_reservation_expiry_total"
    return adding(name, booked, converted="true"), adding(name, expired, converted="false")


def test_a_hold_is_over_when_it_is_booked_or_expires(
    phone: Phone, salon: Salon, clock: time_machine.Traveller, django_capture_on_commit_callbacks: Any
) -> None:
    silent = Phone(salon.number)
    silent.ask("check_availability", **{**HAIRCUT, "uhrzeit": "15:00"})
    phone.ask("check_availability", **HAIRCUT)

    booked, expired = expiries(booked=1, expired=0)
    with booked, expired, django_capture_on_commit_callbacks(execute=True):
        phone.ask("start_booking", **HAIRCUT, **ANNA)

    clock.shift(91)
    booked, expired = expiries(booked=0, expired=1)
    with booked, expired, django_capture_on_commit_callbacks(execute=True):
        sweep_reservations()
        sweep_reservations()


def test_what_was_given_back_or_undone_has_not_expired(
    phone: Phone, salon: Salon, django_capture_on_commit_callbacks: Any
) -> None:
    phone.ask("check_availability", **HAIRCUT)
    booked, expired = expiries(booked=0, expired=0)
    with booked, expired, django_capture_on_commit_callbacks(execute=True):
        phone.ask("release_reservation")
        with transaction.atomic():
            Phone(salon.number).ask("start_booking", **HAIRCUT, **ANNA)
            transaction.set_rollback(True)
