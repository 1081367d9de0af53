"""What of a call Prometheus is told: lost races, and how old the slots were that offers came from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine

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
