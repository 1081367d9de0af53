"""Bodies that nobody sane sends, at every door that reads one: an answer, and never an accident of ours.

What the API says of each field is in ``tests/api/test_errors.py``, of each argument of the phone in
``tests/calls/test_bad_shapes.py``; here are the bodies as a whole.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from appointments.access import Role
from appointments.models import ApiToken
from calls import signature
from calls.events.processing import process_due as process_calls
from calls.models import CallEvent, FunctionCall
from integrations.incoming.processing import process_due as process_calendar
from integrations.incoming.signature import sign
from integrations.models import CalendarEvent
from tests.admin.test_scoping import member
from tests.calls.messages import ended
from tests.calls.phone import Phone, now_ms, post
from tests.salons import NOW, Salon
from tests.security.test_signatures import booking_message

SECRET = "a-secret-for-the-calendar"


def nested(depth: int, inside: str = "1") -> bytes:
    return (f"{'[' * depth}{inside}{']' * depth}").encode()


def nested_objects(depth: int) -> bytes:
    return ('{"a":' * depth + "1" + "}" * depth).encode()


# Depths on both sides of what Python's parser and what a walk through the result can bear.
NESTED = [
    make(depth) for depth in (40, 60, 300, 480, 900, 10_000, 100_000) for make in (nested, nested_objects)
]
BROKEN = [
    *(b"", b" ", b"{", b"}", b"[", b'"', b"\x00", b"\xff\xfe", b"nonsense", b"{'a': 1}", b'{"a": 1,}'),
    *(b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16"), b'{"a": "\xed\xa0\x80"}', b'{"a": "\xc0\xaf"}'),
    *(
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1}{"b": 2}',
    ),
    *(b"null", b"true", b"1", b"-0", b'""', b"[]", b"{}", b'[{"a": 1}]', b'{"": {"": {"": ""}}}'),
    *(
        b'{"a": "\\ud800"}',
        b'{"\\udfff": "\\u0000"}',
        b'{"a": 1, "a": {"a": []}}',
        b'{"' + b"a" * 100_000 + b'": 1}',
    ),
    '{"a": "\u202egnal\u2066\u200f\ufeff\U000e0041"}'.encode(),
]


INSIDE = [
    *(nested(40), nested(480), nested_objects(900), b'"\\u0000\\ud800"', b'"\\u202e"', b"9" * 4000, b"1e308"),
    *(
        b'"0001-01-01T00:00:00+14:00"',
        b'"9999-12-31T23:59:59-14:00"',
        b'"' + b"9" * 5000 + b'"',
        b"true",
        b"null",
    ),
]
Door = Callable[[bytes], HttpResponse]


def phone(salon: Salon) -> Door:
    return post


def events(salon: Salon) -> Door:
    return lambda body: post(body, path="/retell/webhook/")


def inbound(salon: Salon) -> Door:
    return lambda body: post(body, path="/retell/inbound/")


def calcom(salon: Salon) -> Door:
    address = f"/calcom/webhook/{salon.company.slug}/"

    def door(body: bytes) -> HttpResponse:
        headers = {"X-Cal-Signature-256": sign(body, secret=SECRET)}
        return Client().post(address, body, content_type="application/json", headers=headers)

    return door


def api(salon: Salon) -> Door:
    key = ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)[1]
    client = Client(headers={"authorization": f"Bearer {key}"})
    return lambda body: client.post("/api/v1/appointments/", body, content_type="application/json")


def planner(salon: Salon) -> Door:
    desk = member(salon, Role.OWNER)
    return lambda body: desk.post(reverse("planner-move"), body, content_type="application/json")


DOORS = [phone, events, inbound, calcom, api, planner]


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.CALCOM_WEBHOOK_SECRET = SECRET


@pytest.mark.parametrize("make", DOORS)
def test_what_cannot_be_read_is_an_answer(make: Callable[[Salon], Door], salon: Salon) -> None:
    door = make(salon)
    for body in (*BROKEN, *NESTED):
        assert (body[:60], door(body).status_code < 500) == (body[:60], True)
    assert process_calls(now=timezone.now()) + process_calendar(now=timezone.now()) >= 0
    assert not {*CallEvent.objects.values_list("error", flat=True)} - {""}


@pytest.mark.parametrize("make", DOORS)
def test_what_is_good_but_for_one_place_is_an_answer(make: Callable[[Salon], Door], salon: Salon) -> None:
    """Nonsense deep inside a message that is otherwise as it should be."""
    message: dict[str, Any] = {
        phone: Phone(salon.number).message("check_availability", {"datum": "morgen"}),
        events: ended(Phone(salon.number)),
        inbound: {"event": "call_inbound", "call_inbound": Phone(salon.number).call()},
        calcom: booking_message(),
        api: {"service": salon.cut.pk, "starts_at": "2025-11-24T10:00:00+01:00"},
        planner: {"appointment": 1, "revision": 1, "start": "2025-11-24T13:00", "staff": salon.emma.pk},
    }[make]
    door = make(salon)
    for value in INSIDE:
        for spoilt in _spoilt(message, value):
            assert (spoilt[:99], door(spoilt).status_code < 500) == (spoilt[:99], True)
    process_calls(now=timezone.now())
    process_calendar(now=timezone.now())
    assert not {*CallEvent.objects.values_list("error", flat=True)} - {""}
    errors = CalendarEvent.objects.exclude(error__contains="was jede Buchung hat").values_list(
        "error", flat=True
    )
    assert not {*errors} - {""}
    assert not {*FunctionCall.objects.values_list("error", flat=True)} - {""}


def _spoilt(message: dict[str, Any], value: bytes) -> list[bytes]:
    """``value`` in place of each of the upper two levels' values, one at a time."""
    places = [(name,) for name in message]
    places += [(name, inner) for name, each in message.items() if isinstance(each, dict) for inner in each]
    return [json.dumps(_replaced(message, place)).encode().replace(b'"@here@"', value) for place in places]


def _replaced(message: dict[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = place
    return {**message, first: _replaced(message[first], tuple(rest)) if rest else "@here@"}


class TestSize:
    """5 MB in general, 256 KB from Cal.com, 50 MB for the one page that takes a file."""

    @pytest.mark.parametrize("make", DOORS)
    def test_what_is_too_large_is_refused_as_such(self, make: Callable[[Salon], Door], salon: Salon) -> None:
        body = b'{"a": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
        assert make(salon)(body).status_code == 413

    def test_no_form_takes_a_large_file_whoever_sends_it(self, salon: Salon) -> None:
        """Django puts files on the disk before anybody is asked who it is."""
        file = SimpleUploadedFile("x.csv", b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
        for address in ("/admin/login/", "/i18n/setlang/", "/termin/x/absagen/", "/nirgends/"):
            assert Client().post(address, {"file": file}).status_code == 413
            file.seek(0)

    def test_the_import_takes_one_of_that_size(self, salon: Salon) -> None:
        owner = member(salon, Role.OWNER)
        file = SimpleUploadedFile("alt.csv", b"a;b\n" * 1_400_000)
        answer = owner.post(
            reverse("admin:appointments_import_add"), {"company": salon.company.pk, "file": file}
        )
        assert answer.status_code == 302

    def test_it_is_refused_by_what_is_announced(self, salon: Salon) -> None:
        """Nothing of it is read."""
        address = reverse("admin:appointments_import_add")
        for path, length in (
            (address, 52 * 1024**2),
            ("/admin/login/", 10**12),
            ("/api/v1/customers/", 10**12),
        ):
            answer = Client().post(path, b"x", content_type="text/plain", CONTENT_LENGTH=str(length))
            assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"


class TestNul:
    """PostgreSQL stores none; Python's driver raises where it meets one."""

    ADDRESSES = (
        *(
            "/admin/appointments/customer/?q=%00",
            "/admin/planner/?branch=%00&day=%00",
            "/admin/search/?s=a%00",
        ),
        *("/calcom/webhook/%00/", "/feed/%00.ics", "/termin/%00/", "/admin/%00/", "/retell/functions/%00/"),
        *("/admin/appointments/customer/%00/change/", "/api/v1/services/?company=%00", "/api/%00/"),
        *("/admin/login/?next=%00", "/admin/appointments/appointment/?status__exact=%00", "/?%00"),
    )

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_in_an_address(self, address: str, salon: Salon) -> None:
        for client in (Client(), member(salon, Role.OWNER)):
            for method in ("get", "post"):
                assert 400 <= getattr(client, method)(address).status_code < 500

    @pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "messages"])
    def test_in_a_cookie(self, name: str, salon: Salon) -> None:
        answer = Client(headers={"cookie": rf'{name}="\000aaaaaaaaaaaa"'}).get("/admin/login/")
        assert answer.status_code == 400

    def test_in_a_form(self, salon: Salon) -> None:
        login = Client().post("/admin/login/", {"username": "a\0", "password": "b\0"})
        assert login.status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "",
        "x" * 500,
    ],
)
@pytest.mark.parametrize("address", ["/retell/functions/", "/retell/webhook/", "/calcom/webhook/morgenrot/"])
def test_the_kind_that_a_body_says_it_is_does_not_matter_to_who_has_signed_it(
    address: str, content_type: str, salon: Salon
) -> None:
    """A proxy or a new version of the platform may say something else."""
    body = json.dumps(Phone(salon.number).message("list_services", {})).encode()
    headers = {"X-Cal-Signature-256": sign(body, secret=SECRET)}
    headers["X-Retell-Signature"] = signature.sign(body, key=settings.RETELL_API_KEYS[0], now_ms=now_ms())
    answer = Client().generic("POST", address, body, content_type=content_type, headers=headers)
    assert answer.status_code in {200, 204}
