"""Bad input is an answer, never an accident; every error has one form."""

import json
from typing import Any

import pytest

from appointments.models import Appointment, Customer
from tests.api.client import Api, problem
from tests.salons import MONDAY, Salon

pytestmark = pytest.mark.django_db

TEN = "2025-11-24T10:00:00+01:00"
DEEP = 100_000


class TestUnreadable:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"nonsense",
            b'{"notes": NaN}',
            b'{"service": Infinity}',
            b'{"notes": "\\ud800"}',
            b'{"\\udfff": 1}',
            b'{"notes": "\xff\xfe"}',
            b'{"notes": ' + b"[" * DEEP + b"]" * DEEP + b"}",
            b'{"service": ' + b"9" * 5000 + b"}",
        ],
        ids=range(10),
    )
    def test_json_is_bad_input(self, api: Api, salon: Salon, body: bytes) -> None:
        response = api.send("post", "/appointments/", data=body, content_type="application/json")

        status, code, _fields = problem(response)
        assert status == 400
        assert code == ("invalid" if body == b"" else "parse_error")

    @pytest.mark.parametrize("body", ["[]", "1", "null", '"text"', "[[1]]"])
    def test_shapes_are_bad_input(self, api: Api, salon: Salon, body: str) -> None:
        for path, method in (("/appointments/", "post"), ("/customers/", "post")):
            response = api.send(method, path, data=body, content_type="application/json")

            assert problem(response)[0] == 400

    def test_what_is_too_large_is_refused(self, api: Api, salon: Salon) -> None:
        body = json.dumps({"notes": "x" * 6_000_000})

        response = api.send("post", "/appointments/", data=body, content_type="application/json")

        assert problem(response) == (413, "too_large", {})

    @pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "a/b"])
    def test_forms_are_not_read(self, api: Api, content_type: str) -> None:
        response = api.send("post", "/customers/", data="x", content_type=content_type)

        assert problem(response) == (415, "unsupported_media_type", {})

    def test_only_json_is_written(self, key: str) -> None:
        assert problem(Api(key, accept="text/html").get("/staff/")) == (406, "not_acceptable", {})


NONSENSE: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    1e308,
    2**63,
    10**300,
    "",
    " ",
    "nonsense",
    "\0",
    "a\0b",
    "😀" * 300,
    "2025-11-24",
    "2025-11-24T10:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2025-11-24T10:00:00+99:00",
    "2025-02-30T10:00:00Z",
    "٢٠٢٥-11-24T10:00:00Z",
    [],
    {},
    [[[]]],
    {"id": 1},
]
FIELDS = [
    "service",
    "starts_at",
    "staff",
    "branch",
    "customer",
    "customer_name",
    "customer_phone",
    "customer_email",
    "attendee_name",
    "notes",
    "revision",
]


@pytest.mark.parametrize("field", FIELDS)
def test_nonsense_in_a_field_is_bad_input_or_harmless(api: Api, salon: Salon, field: str) -> None:
    good = {"service": salon.cut.pk, "staff": salon.emma.pk, "starts_at": TEN}
    booked = salon.book(salon.cut, salon.jonas, MONDAY, "12:00")

    for value in NONSENSE:
        for response in (
            api.post("/appointments/", {**good, field: value}),
            api.patch(f"/appointments/{booked.pk}/", {field: value}),
            api.post(f"/appointments/{booked.pk}/cancel/", {field: value}),
        ):
            if response.status_code not in {200, 201}:
                assert problem(response)[0] in {400, 409}, value


@pytest.mark.parametrize("field", ["name", "phone", "email", "notes"])
def test_nonsense_about_a_customer_is_too(api: Api, salon: Salon, field: str) -> None:
    for value in NONSENSE:
        response = api.post("/customers/", {"name": "Tom", field: value})
        if response.status_code != 201:
            assert problem(response)[0] == 400, value


@pytest.mark.parametrize("name", ["service", "staff", "branch", "from", "to", "status", "customer", "search"])
def test_nonsense_in_an_address_is_too(api: Api, salon: Salon, name: str) -> None:
    day = {"service": salon.cut.pk, "from": "2025-11-24", "to": "2025-11-24"}
    for value in NONSENSE:
        for response in (
            api.get("/appointments/", **{name: str(value)}),
            api.get("/customers/", **{name: str(value), "limit": str(value)}),
            api.get("/availability/", **{**day, name: str(value)}),
        ):
            if response.status_code != 200:
                assert problem(response)[0] == 400, value


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        ("2025-11-24T10:00:00", "timezone_missing"),
        ("2025-11-24 10:00", "timezone_missing"),
        ("2025-11-24", "timezone_missing"),
        ("morgen um zehn", "invalid"),
        (1764000000, "invalid"),
        ("0001-01-01T00:00:00Z", "out_of_range"),
        ("9999-12-31T23:59:59Z", "out_of_range"),
    ],
)
def test_a_time_is_read_or_refused_but_never_guessed(
    api: Api, salon: Salon, starts_at: object, code: str
) -> None:
    response = api.post("/appointments/", {"service": salon.cut.pk, "starts_at": starts_at})

    assert problem(response) == (400, "invalid", {"starts_at": [code]})
    assert not Appointment.objects.exists()


def test_a_misspelt_name_is_an_answer(api: Api, salon: Salon) -> None:
    """Silence would look like success."""
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")

    changed = api.patch(f"/appointments/{booked.pk}/", {"start_at": TEN, "status": "cancelled"})
    listed = api.get("/appointments/", stylist="Emma Keller")

    unknown = ["unknown_field"]
    assert problem(changed) == (400, "invalid", {"start_at": unknown, "status": unknown})
    assert problem(listed) == (400, "invalid", {"stylist": unknown})


@pytest.mark.parametrize(
    "path",
    ["/nowhere/", "/appointments/nonsense/", "/appointments/9223372036854775808/", "/appointments/0/", ""],
)
def test_an_address_that_does_not_exist_answers_like_the_others(api: Api, path: str) -> None:
    assert problem(api.get(path)) == (404, "not_found", {})


class TestLanguage:
    def test_is_german_unless_asked_otherwise(self, api: Api, salon: Salon, key: str) -> None:
        body = {"service": salon.cut.pk, "starts_at": "2025-11-24T07:00:00+01:00"}

        german = api.post("/appointments/", body).json()
        english = Api(key, **{"accept-language": "en"}).post("/appointments/", body).json()

        assert german["message"] == "Der Salon hat zu dieser Zeit geschlossen."
        assert english["message"] == "The salon is closed at that time."
        assert german["code"] == english["code"]

    def test_of_the_names_of_those_in_conflict_nothing_is_said(self, api: Api, salon: Salon) -> None:
        booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        booked.customer = Customer.objects.create(company=salon.company, name="Frau Sommer")
        booked.save(update_fields=["customer"])

        body = {"service": salon.cut.pk, "staff": salon.emma.pk, "starts_at": TEN}
        response = api.post("/appointments/", body)

        assert "Sommer" not in response.content.decode()


class TestTheVoiceFunctions:
    """They keep answers of their own."""

    def test_say_nothing_to_whom_has_not_signed(self, api: Api) -> None:
        response = api.client.post("/retell/functions/", "{}", content_type="application/json")

        assert (response.status_code, response.content) == (401, b"")
