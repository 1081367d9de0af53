"""Every wrong shape for every argument of every function: a question, and nothing is stored or guessed.

What a caller said and nobody can read was a wish all the same: to leave it out would be to decide something
else than was said. The caller is known and has one appointment, so that there is something to get wrong.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from appointments.models import Appointment, Customer
from calls.functions.arguments import CANONICAL, CUT, read_arguments
from calls.functions.definitions import DEFINITIONS
from calls.models import Call, Callback, FunctionCall
from calls.signature import sign
from tests.calls.phone import URL, Phone, expect_reply, give, now_ms, post, send
from tests.calls.rows import changed, everything
from tests.salons import MONDAY, Salon

FUNCTIONS = sorted(DEFINITIONS)
GARBLED: list[Any] = [
    *(["2025-11-24"], [[]], [None], {"value": "10:00"}, {"a": {"b": {"c": []}}}),
    *(3.5, -1, -0.5, float("nan"), float("inf"), 10**40, "x" * 501, "Müller " * 9999),
]
MISSING: list[Any] = [
    *(None, "", " ", "\t\n", [], {}, "null", "None", "undefined", "NaN", "{{current_date}}", "{{x", "N/A"),
    *("\x00", "\u200b\u200d", "\x07\x1b", "\ud800"),
]
# As text it can be read, and it says nothing.
JUNK = [
    *(
        "'; DROP TABLE calls_call; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%s%n%(x)s",
        "💇" * 200,
    ),
    *("a" * 500, "\u202eegatnoM", "\x1b[31mmorgen\x07\x08", "٢٠٢٥", "NaN NaN"),
]
DONE = {"error", "booked", "available", "valid", "cancelled", "rescheduled"}
NO_ARGUMENTS: list[Any] = [
    *(None, [[{"datum": "morgen"}]], "{", "[1]", 17, {"": {}}),
]


@pytest.fixture
def ten(salon: Salon, jana: Customer) -> Appointment:
    return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)


@pytest.fixture
def nothing_changes(request: pytest.FixtureRequest, ten: Appointment) -> Iterator[None]:
    """But that somebody called; and who is not recognised is called back."""
    before = everything()
    yield
    assert {model for model, _pk in changed(before)} <= {Call, FunctionCall, Callback}
    assert not Callback.objects.filter(matter="other").exists()


def ask(function: str, args: Any, phone: Phone) -> dict[str, Any]:
    return expect_reply(post(json.dumps(phone.message(function, args)).encode()))


@pytest.mark.parametrize("name", sorted(CANONICAL))
def test_what_is_no_text_is_no_argument(name: str) -> None:
    for value in GARBLED:
        read = read_arguments({name: value})
        if isinstance(value, str) and CANONICAL[name] in CUT:
            assert 0 < len(read.values[CANONICAL[name]]) <= 500
        else:
            assert (read.values, read.garbled) == ({}, (CANONICAL[name],)), value
    for value in MISSING:
        assert read_arguments({name: value}) == read_arguments({}), value


@pytest.mark.parametrize(
    ("value", "text"), [(2, "2"), (2.0, "2"), (" zwei\u2028\tdrei ", "zwei drei"), ("ja\x1b[0m", "ja [0m")]
)
def test_what_can_be_read_is_read(value: Any, text: str) -> None:
    assert read_arguments({"position": value}).values == {"position": text}


@pytest.mark.parametrize("value", [True, False])
def test_only_a_confirmation_is_true_or_false(value: bool) -> None:  # noqa: FBT001
    assert read_arguments({"bestaetigung": value}).values == {"bestaetigung": str(value).lower()}
    assert read_arguments({"name": value}).garbled == ("name",)


def test_each_argument_in_a_wrong_shape_is_a_question(salon: Salon, nothing_changes: None) -> None:
    """Cancelling without the day that was said would have cancelled another (incidents A17, H17)."""
    for function, definition in DEFINITIONS.items():
        for number, name in enumerate(definition.arguments):
            reply = ask(function, {name: GARBLED[number % 11]}, Phone(salon.number))
            assert (reply["status"], reply["missing"]) == ("needs_clarification", [name]), function


def test_all_arguments_in_one_wrong_shape_are_a_question(salon: Salon, nothing_changes: None) -> None:
    for function, definition in DEFINITIONS.items():
        for value in (GARBLED[0], GARBLED[3], GARBLED[8]):
            reply = ask(function, dict.fromkeys(CANONICAL, value), Phone(salon.number))
            asked = ("needs_clarification", sorted(definition.arguments))
            assert not definition.arguments or (reply["status"], reply["missing"]) == asked, function
            assert reply["status"] != "error", function


def test_junk_does_nothing(salon: Salon, nothing_changes: None) -> None:
    for function, definition in DEFINITIONS.items():
        names = [each for each in definition.arguments if each not in {*CUT, "telefon"}]
        for value in JUNK if names else ():
            reply = ask(function, dict.fromkeys(names, value), Phone(salon.number, None))
            assert reply["status"] not in DONE, (function, value)


def test_arguments_of_any_shape_are_none(salon: Salon, nothing_changes: None) -> None:
    """A list, a number, a string that is no JSON: as if nothing had been said, whoever asks."""
    for function in FUNCTIONS:
        phone = Phone(salon.number, None)
        said = [ask(function, args, phone)["message"] for args in ({}, *NO_ARGUMENTS)]
        assert len(set(said)) == 1, function


def test_a_body_that_is_no_message_is_refused_at_every_address(salon: Salon) -> None:
    for function in FUNCTIONS:
        path = f"{URL}{function}_v18/"
        for raw in (b"", b"{", b"\xff\xfe", b"a=b", b"{'name': 1}", b'{"name": "x"} {}', b"[" * 9_999):
            response = post(raw, path=path)
            assert (response.status_code, response.content) == (400, b""), function
        for body in (None, [], "x", 17, {}, {"call": []}, {"call": {"to_number": {}}}):
            assert expect_reply(send(body, path=path))["status"] == "unknown_number", function
    assert not Call.objects.exists()


def test_an_unset_key_never_opens_a_door(salon: Salon, settings: Settings) -> None:
    """Signed with nothing, which is what an unset key would accept."""
    raw = json.dumps(Phone(salon.number).message("list_services", {})).encode()
    forged = {"X-Retell-Signature": sign(raw, key="", now_ms=now_ms())}
    for keys in ([], [""], ["", ""]):
        settings.RETELL_API_KEYS = keys
        for path in (URL, *(f"{URL}{each}/" for each in FUNCTIONS), "/retell/webhook/", "/retell/inbound/"):
            response = Client().post(path, data=raw, content_type="application/json", headers=forged)
            assert (response.status_code, response.content) == (401, b""), path
    assert not Call.objects.exists()
