"""While it rings: a known caller is greeted by the first name, everybody else neutrally, nobody waits."""

import json
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from retell.lib.webhook_auth import symmetric

from appointments.models import Branch, Company, Customer, OpeningHours
from calls.greetings import variables
from calls.models import Call, VoiceAgent
from tests.calls.phone import CALLER, give, post, send
from tests.salons import BERLIN, MONDAY, NOW, Salon, make_salon

INBOUND = "/retell/inbound/"
NAMES = {
    *("greeting", "customer_known", "customer_first_name", "usual_service", "usual_staff"),
    *("salon_name", "today", "weekday", "opening_hours_today"),
}


def ring(salon_number: str | None, caller: Any = CALLER, **facts: Any) -> dict[str, str]:
    """The variables with which the agent takes the call: all of them, as text, without braces."""
    inbound = {"from_number": caller, "to_number": salon_number, **facts}
    inbound = {key: value for key, value in inbound.items() if value is not None}
    return expect_variables(send({"event": "call_inbound", "call_inbound": inbound}, path=INBOUND))


def expect_variables(response: Any) -> dict[str, str]:
    assert response.status_code == 200
    answer = json.loads(response.content)
    assert answer.keys() == {"call_inbound"}  # at top level the platform would not see it
    assert answer["call_inbound"].keys() == {"dynamic_variables", "metadata"}
    found: dict[str, str] = answer["call_inbound"]["dynamic_variables"]
    assert found.keys() == NAMES
    assert all(isinstance(each, str) and not set(each) & set("{}") for each in found.values())
    assert all(found[name] for name in ("greeting", "today", "weekday"))
    return found


def neutral(found: dict[str, str]) -> bool:
    return (found["customer_known"], found["customer_first_name"], found["usual_service"]) == (
        "false",
        "",
        "",
    )


def test_a_known_caller_is_greeted_by_the_first_name(salon: Salon, jana: Customer) -> None:
    """Incidents H15, J15."""
    give(salon.book(salon.perm, salon.emma, MONDAY, "10:00"), jana)

    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        found = ring(salon.number)

    assert found == {
        "greeting": "Guten Tag, Jana. Hier ist Morgenrot. Was kann ich für Sie tun?",
        "customer_known": "true",
        "customer_first_name": "Jana",
        "usual_service": "Dauerwelle",
        "usual_staff": "Emma Keller",
        "salon_name": "Morgenrot",
        "today": "30. November 2025",
        "weekday": "Sonntag",
        "opening_hours_today": "heute geschlossen",
    }


def test_never_by_the_last_name(salon: Salon, jana: Customer) -> None:
    assert "Probst" not in json.dumps(ring(salon.number))


@pytest.mark.parametrize(
    "caller", ["+4915000000002", "anonymous", "Restricted", "", None, 12, ["+4915000000001"], "0" * 500]
)
def test_strangers_and_hidden_numbers_are_greeted_neutrally(
    caller: Any, salon: Salon, jana: Customer
) -> None:
    found = ring(salon.number, caller)

    assert neutral(found)
    assert found["greeting"] == "Guten Tag. Hier ist Morgenrot. Was kann ich für Sie tun?"


def test_the_agent_knows_the_day_and_the_hours(salon: Salon, clock: time_machine.Traveller) -> None:
    """Incidents A11, A24: a model without a date makes one up."""
    OpeningHours.objects.filter(branch=salon.branch, weekday=0).delete()
    for start, end in ((540, 720), (780, 1110)):
        OpeningHours.objects.create(branch=salon.branch, weekday=0, start_minute=start, end_minute=end)
    clock.move_to(datetime(2025, 11, 24, 0, 30, tzinfo=BERLIN))  # in UTC it is still Sunday

    found = ring(salon.number)

    assert (found["weekday"], found["today"]) == ("Montag", "24. November 2025")
    assert found["opening_hours_today"] == "von 9 Uhr bis 12 Uhr und von 13 Uhr bis 18 Uhr 30"


def test_a_holiday_is_closed(salon: Salon, clock: time_machine.Traveller) -> None:
    clock.move_to(datetime(2025, 12, 25, 10, 0, tzinfo=BERLIN))

    assert ring(salon.number)["opening_hours_today"] == "heute geschlossen"


def test_the_same_number_is_somebody_else_in_another_salon(salon: Salon, jana: Customer) -> None:
    other = make_salon("abendstern")
    Customer.objects.create(company=other.company, name="Britta Vogt", phone=CALLER)

    assert ring(salon.number)["customer_first_name"] == "Jana"
    assert ring(other.number)["customer_first_name"] == "Britta"


def test_an_unknown_number_is_answered_neutrally(salon: Salon, jana: Customer) -> None:
    found = ring("+4930555000999")

    assert neutral(found)
    assert (found["salon_name"], found["greeting"]) == ("", "Guten Tag.")


def test_number_and_agent_of_two_companies_are_answered_neutrally(
    salon: Salon, jana: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_salon("abendstern")
    VoiceAgent.objects.create(branch=other.branch, agent_id="agent_of_abendstern")

    assert neutral(ring(salon.number, agent_id="agent_of_abendstern"))
    assert "ERROR" in {record.levelname for record in caplog.records}


@pytest.mark.parametrize("raw", [b"", b"not json", b"[]", b"null", b'{"call_inbound": 5}', b"[" * 100_000])
def test_what_cannot_be_read_is_answered_neutrally(raw: bytes, salon: Salon) -> None:
    assert neutral(expect_variables(post(raw, path=INBOUND)))


@pytest.mark.parametrize("place", ["branch_of", "recognise", "open_day", "variables"])
def test_it_fails_open(place: str, salon: Salon, jana: Customer, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, the call is taken, and the log does not say by whom it was made."""
    errors: list[Any] = [OperationalError("could not find Jana Probst"), *[variables(now=NOW)] * 2]
    with patch(f"calls.inbound.{place}", side_effect=errors):
        found = ring(salon.number)

    assert neutral(found)
    assert "OperationalError" in caplog.text
    assert "Probst" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_slow_database_keeps_nobody_waiting(salon: Salon, jana: Customer) -> None:
    """Each statement is cut off; nothing of it stays with the connection."""

    def slow(*_args: object, **_facts: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    start = perf_counter()
    with patch("calls.inbound.recognise", slow):
        assert neutral(ring(salon.number))
    assert perf_counter() - start < 5

    assert ring(salon.number)["customer_first_name"] == "Jana"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("30s",)


def test_it_leaves_nothing_behind(salon: Salon, jana: Customer) -> None:
    ring(salon.number, call_id="call_0123456789abcdef0123456789a")

    assert not Call.objects.exists()


def test_it_asks_little(salon: Salon, jana: Customer, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        ring(salon.number)


def test_a_salon_that_is_closed_for_good_greets_nobody(salon: Salon, jana: Customer) -> None:
    Branch.objects.update(active=False)
    Company.objects.update(active=False)

    assert neutral(ring(salon.number))


def test_only_what_the_platform_has_signed(salon: Salon, settings: Any) -> None:
    raw = json.dumps({"event": "call_inbound", "call_inbound": {"to_number": salon.number}})
    now_ms = int(NOW.timestamp() * 1000)
    signed = symmetric["sign"](raw, settings.RETELL_API_KEYS[0], now_ms)
    forged = symmetric["sign"](raw, "another key", now_ms)

    assert post(raw.encode(), path=INBOUND, **{"X-Retell-Signature": signed}).status_code == 200
    for headers in ({"X-Retell-Signature": forged}, {}):
        response = Client().post(INBOUND, data=raw, content_type="application/json", headers=headers)
        assert (response.status_code, response.content) == (401, b"")
