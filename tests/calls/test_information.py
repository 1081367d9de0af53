"""What anybody may know: services and opening hours."""

from datetime import timedelta
from unittest.mock import ANY

import pytest
import time_machine

from appointments.models import OpeningHours
from calls.models import FunctionCall
from tests.calls.phone import Phone
from tests.salons import Salon, make_service


@pytest.mark.parametrize("name", ["list_services", "get_available_services"])
def test_services_with_price_and_duration(name: str, phone: Phone, salon: Salon) -> None:
    make_service(salon.company, "Beratung", [("", 30, True)])
    make_service(salon.company, "Wimpern", [("", 20, True)], active=False)

    assert phone.ask(name) == {
        "success": True,
        "status": "found",
        "message": ANY,
        "services": [
            {"name": "Beratung", "price": None, "currency": "EUR", "duration_minutes": 30},
            {"name": "Dauerwelle", "price": "85.00", "currency": "EUR", "duration_minutes": 135},
            {"name": "Herrenhaarschnitt", "price": "30.00", "currency": "EUR", "duration_minutes": 55},
        ],
    }


def test_the_hours_of_the_week(phone: Phone) -> None:
    reply = phone.ask("get_opening_hours")

    assert (reply["status"], reply["opening_hours"]) == (
        "found",
        [{"weekday": weekday, "hours": [["08:00", "20:00"]]} for weekday in range(6)],
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-11-24", {"weekday": 0, "holiday": None, "hours": [["08:00", "20:00"]]}),
        ("2025-11-30", {"weekday": 6, "holiday": None, "hours": []}),
        ("2025-12-25", {"weekday": 3, "holiday": ANY, "hours": []}),
    ],
)
def test_the_hours_of_a_day(day: str, expected: dict[str, object], phone: Phone) -> None:
    reply = phone.ask("get_opening_hours", datum=day)

    assert (reply["status"], reply["opening_hours"]) == ("found", [{"date": day, **expected}])
    assert bool(reply["opening_hours"][0]["holiday"]) is (day == "2025-12-25")


def test_a_break_makes_two_pairs_of_hours_and_midnight_is_24(phone: Phone, salon: Salon) -> None:
    OpeningHours.objects.create(branch=salon.branch, weekday=6, start_minute=600, end_minute=720)
    OpeningHours.objects.create(branch=salon.branch, weekday=6, start_minute=780, end_minute=1440)

    reply = phone.ask("get_opening_hours", datum="2025-11-30")

    assert reply["opening_hours"][0]["hours"] == [["10:00", "12:00"], ["13:00", "24:00"]]


def test_a_time_without_a_day_is_a_question(phone: Phone) -> None:
    assert phone.ask("get_opening_hours", uhrzeit="16:30")["status"] == "needs_clarification"


def test_every_question_and_its_answer_is_kept_with_the_call(phone: Phone) -> None:
    reply = phone.ask("list_services_v17", notiz="eilig")

    kept = FunctionCall.objects.get()
    assert (kept.call.call_id, kept.name, kept.args) == (phone.call_id, "list_services", {"notiz": "eilig"})
    assert (kept.status, kept.reply, kept.error) == ("found", reply, "")


@pytest.mark.parametrize("said", ["samstags", "Samstag", "am Samstag"])
def test_every_such_day_is_open_as_the_next_one(
    said: str, phone: Phone, clock: time_machine.Traveller
) -> None:
    """Asked on a Saturday too: which of them is meant does not matter for the hours."""
    clock.shift(timedelta(days=6))

    reply = phone.ask("get_opening_hours", datum=said)

    assert reply["status"] == "found"
    assert [each["weekday"] for each in reply["opening_hours"]] == [5]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("Herrenhaarschnitt", "Herrenhaarschnitt kostet 30 Euro und dauert 55 Minuten."),
        ("Was kostet denn ein Herrenschnitt", "Herrenhaarschnitt kostet 30 Euro und dauert 55 Minuten."),
        ("Beratung", "Beratung dauert 30 Minuten; was es kostet, sagt Ihnen der Salon."),
        ("Haarschnitt", "Wir bieten Damenhaarschnitt für 45 Euro 50 und Herrenhaarschnitt für 30 Euro an."),
        ("Haarverlängerung", "Wir bieten Beratung, Damenhaarschnitt, Dauerwelle und Herrenhaarschnitt an."),
        ("", "Wir bieten Beratung, Damenhaarschnitt, Dauerwelle und Herrenhaarschnitt an."),
    ],
)
def test_what_it_costs_and_how_long_it_takes(asked: str, message: str, phone: Phone, salon: Salon) -> None:
    make_service(salon.company, "Damenhaarschnitt", [("", 60, True)], price="45.50")
    make_service(salon.company, "Beratung", [("", 30, True)])

    reply = phone.ask("list_services", dienstleistung=asked)

    assert (reply["status"], reply["message"]) == ("found", message)
    assert all(each["name"] in message for each in reply["services"])
