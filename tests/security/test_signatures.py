"""Nothing that the voice platform or Cal.com has not signed, byte for byte, is taken; nothing counts twice."""

import json
import string
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from calls import signature
from calls.functions.definitions import DEFINITIONS
from integrations.incoming import signature as calcom
from integrations.incoming.processing import process_due
from tests.calls.phone import Phone, post
from tests.calls.rows import changed, everything, owners
from tests.salons import NOW, Salon, make_salon

KEY = "key_of_a_salon_0123456789"
NOW_MS = int(NOW.timestamp() * 1000)
FIVE_MINUTES = 5 * 60 * 1000
QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None)
BODIES = st.binary(max_size=200) | st.builds(
    lambda value: json.dumps(value).encode(),
    st.recursive(st.text(max_size=20) | st.integers(), st.lists, max_leaves=5),
)


def signed(body: bytes, *, key: str = KEY, at: int = NOW_MS) -> str:
    return signature.sign(body, key=key, now_ms=at)


def taken(body: bytes, header: str | None, *, at: int = NOW_MS) -> bool:
    return signature.is_signed(body, header, keys=[KEY], now_ms=at)


@QUICK
@given(body=BODIES, late=st.integers(-FIVE_MINUTES, FIVE_MINUTES))
def test_what_was_signed_is_taken(body: bytes, late: int) -> None:
    assert taken(body, signed(body), at=NOW_MS + late)


@QUICK
@given(body=BODIES, other=BODIES)
def test_no_other_body_is(body: bytes, other: bytes) -> None:
    assume(body != other)
    assert not taken(other, signed(body))
    assert not calcom.is_signed(other, calcom.sign(body, secret=KEY), secret=KEY)


@QUICK
@given(body=st.binary(min_size=1, max_size=200), place=st.integers(0), bit=st.integers(0, 7))
def test_no_body_of_which_a_bit_was_turned_is(body: bytes, place: int, bit: int) -> None:
    spoilt = bytearray(body)
    spoilt[place % len(body)] ^= 1 << bit
    assert not taken(bytes(spoilt), signed(body))


@QUICK
@given(body=BODIES, place=st.integers(0), sign=st.sampled_from(string.printable + "٣ä\u200b"))
def test_no_header_of_which_a_sign_was_changed_is(body: bytes, place: int, sign: str) -> None:
    header = signed(body)
    place %= len(header)
    spoilt = header[:place] + sign + header[place + 1 :]
    assume(spoilt != header)
    assert not taken(body, spoilt)
    assert not taken(body, header[:place] + sign + header[place:])
    assert not taken(body, header[:place] + header[place + 1 :])


@QUICK
@given(body=BODIES, header=st.text(max_size=120))
def test_no_invented_header_is(body: bytes, header: str) -> None:
    assert not taken(body, header)
    assert not calcom.is_signed(body, header, secret=KEY)


@QUICK
@given(body=BODIES, key=st.text(max_size=40))
def test_no_other_key_is(body: bytes, key: str) -> None:
    assume(key != KEY)
    assume(not any(0xD800 <= ord(each) < 0xE000 for each in key))
    assert not taken(body, signed(body, key=key))
    if key:
        assert not calcom.is_signed(body, calcom.sign(body, secret=key), secret=KEY)


@QUICK
@given(body=BODIES, late=st.integers(1, 10**9), sign=st.sampled_from([-1, 1]))
def test_none_that_is_too_old_or_from_the_future_is(body: bytes, late: int, sign: int) -> None:
    assert not taken(body, signed(body, at=NOW_MS + sign * (FIVE_MINUTES + late)))


@QUICK
@given(body=BODIES, count=st.integers(1, 12))
def test_digits_do_not_wander_between_body_and_time(body: bytes, count: int) -> None:
    """Both are signed one behind the other without anything between."""
    header = signed(body)
    digits, digest = str(NOW_MS), header.partition("d=")[2]
    assert not taken(body + digits[:count].encode(), f"v={digits[count:]},d={digest}")
    assert not taken(body, f"v=0{digits},d={digest}")


@pytest.mark.parametrize(
    "header",
    [
        *("{0},{0}", "{0}, {0}", "x,{0}", "{0},x", "{0};", " {0}", "{0} ", "{0}\n", "v=1,{0}", "{upper}"),
        *(
            "v={time},d={digest},d={digest}",
            "d={digest},v={time}",
            "v={time}&d={digest}",
            "v={time},d=0x{digest}",
        ),
    ],
)
def test_only_one_header_in_one_form_is(header: str, salon: Salon) -> None:
    """Two of one name reach us as one, with a comma between."""
    body = json.dumps(Phone(salon.number).message("list_services", {})).encode()
    right = signature.sign(body, key="test-api-key-of-retell", now_ms=int(timezone.now().timestamp() * 1000))
    time, digest = right[2:].split(",d=")
    spoilt = header.format(right, upper=f"v={time},d={digest.upper()}", time=time, digest=digest)
    assert post(body).status_code == 200
    assert post(body, **{"X-Retell-Signature": spoilt}).status_code == 401


def test_without_a_good_signature_nothing_is_even_stored(salon: Salon) -> None:
    before = everything()
    for name in DEFINITIONS:
        body = json.dumps(Phone(salon.number).message(name, {"grund": "x"})).encode()
        answer = post(body, **{"X-Retell-Signature": "v=1,d=" + "0" * 64})
        assert (answer.status_code, answer.content) == (401, b"")
    for path in ("/retell/webhook/", "/retell/inbound/", f"/calcom/webhook/{salon.company.slug}/"):
        assert post(b"{}", path=path, **{"X-Retell-Signature": ""}).status_code == 401
    assert changed(before) == set()


class TestReplay:
    def test_a_booking_that_is_sent_again_is_one_booking(self, salon: Salon) -> None:
        """Within the five minutes in which it could be."""
        when = {"datum": "2025-11-24", "uhrzeit": "10:00", "dienstleistung": "Herrenhaarschnitt"}
        message = Phone(salon.number).message("start_booking", {**when, "name": "Jana Probst"}, "tool_1")
        body = json.dumps(message).encode()
        header = {"X-Retell-Signature": signature.sign(body, key="test-api-key-of-retell", now_ms=NOW_MS)}
        first = post(body, **header)
        before = everything()
        again = [post(body, **header) for _ in range(3)]
        assert first.json()["status"] == "booked"
        assert [each.json() for each in again] == [first.json()] * 3
        assert changed(before) == set()

    def test_an_event_that_is_sent_again_is_stored_once(self, salon: Salon) -> None:
        body = json.dumps({"event": "call_started", "call": Phone(salon.number).call()}).encode()
        assert post(body, path="/retell/webhook/").status_code == 204
        before = everything()
        assert post(body, path="/retell/webhook/").status_code == 204
        assert changed(before) == set()

    def test_a_message_of_one_salon_changes_nothing_in_another(
        self, salon: Salon, settings: Settings
    ) -> None:
        """Where all share the environment's secret, its signature is good for each."""
        settings.CALCOM_WEBHOOK_SECRET = KEY
        other = make_salon(slug="anderswo")
        body = json.dumps(booking_message()).encode()
        header = {"X-Cal-Signature-256": calcom.sign(body, secret=KEY)}
        before = everything()
        answer = Client().post(
            "/calcom/webhook/anderswo/", body, content_type="application/json", headers=header
        )
        process_due(now=timezone.now() + timedelta(hours=1))
        assert answer.status_code == 204
        after = everything()
        touched = changed(before)
        assert {model.__name__ for model, _pk in touched} <= {"CalendarEvent", "OrmQ"}
        assert {owner for row in touched if row in after for owner in owners(row, after)} <= {
            other.company.pk
        }


def booking_message() -> dict[str, Any]:
    return {
        "triggerEvent": "BOOKING_CREATED",
        "createdAt": "2025-11-23T17:00:00.000Z",
        "payload": {
            "uid": "bk_1",
            "eventTypeId": 3001,
            "startTime": "2025-11-24T09:00:00Z",
            "endTime": "2025-11-24T09:55:00Z",
            "organizer": {"id": 101, "name": "Emma Keller", "email": "emma@morgenrot.example"},
            "attendees": [
                {"name": "Jana Probst", "email": "jana@probst.example", "timeZone": "Europe/Berlin"}
            ],
            "status": "ACCEPTED",
        },
    }
