"""A request that is repeated has the effect and the answer of once."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.models import ApiReply, ApiToken, Appointment, Customer
from appointments.tasks import purge_api_replies
from tests.api.client import Api, problem
from tests.salons import MONDAY, NOW, Salon

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "bestellung-1"}


@pytest.fixture
def wish(salon: Salon) -> dict[str, object]:
    return {
        "service": salon.cut.pk,
        "staff": salon.emma.pk,
        "starts_at": "2025-11-24T10:00:00+01:00",
        "customer_name": "Frau Sommer",
    }


def test_the_second_gets_the_answer_of_the_first(api: Api, wish: dict[str, object]) -> None:
    first = api.post("/appointments/", wish, **KEY)
    second = api.post("/appointments/", wish, **KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert Appointment.objects.count() == Customer.objects.count() == 1


def test_also_if_the_appointment_has_changed_since(api: Api, wish: dict[str, object]) -> None:
    first = api.post("/appointments/", wish, **KEY).json()
    api.post(f"/appointments/{first['id']}/cancel/")

    assert api.post("/appointments/", wish, **KEY).json() == first


def test_also_if_it_could_no_longer_be_asked_for(api: Api, salon: Salon, wish: dict[str, object]) -> None:
    first = api.post("/appointments/", wish, **KEY).json()
    salon.cut.active = False
    salon.cut.save()

    assert api.post("/appointments/", wish, **KEY).json() == first


def test_another_request_under_the_same_key_is_refused(api: Api, wish: dict[str, object]) -> None:
    api.post("/appointments/", wish, **KEY)

    other = api.post("/appointments/", {**wish, "notes": "x"}, **KEY)
    elsewhere = api.post("/customers/", wish, **KEY)

    assert problem(other) == (422, "idempotency_key_reused", {})
    assert problem(elsewhere) == (422, "idempotency_key_reused", {})


def test_a_refusal_is_not_kept(api: Api, salon: Salon, wish: dict[str, object]) -> None:
    """The time may have become free."""
    other = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert problem(api.post("/appointments/", wish, **KEY)) == (409, "slot_taken", {})
    assert problem(api.post("/appointments/", {}, **KEY))[0] == 400

    api.post(f"/appointments/{other.pk}/cancel/")

    assert api.post("/appointments/", wish, **KEY).status_code == 201


def test_without_a_key_twice_is_twice(api: Api, wish: dict[str, object]) -> None:
    api.post("/appointments/", wish)

    assert problem(api.post("/appointments/", wish)) == (409, "slot_taken", {})


def test_customers_are_added_once_too(api: Api) -> None:
    first = api.post("/customers/", {"name": "Tom"}, **KEY)

    assert api.post("/customers/", {"name": "Tom"}, **KEY).json() == first.json()
    assert Customer.objects.count() == 1


def test_two_companies_may_choose_the_same_key(api: Api, other: Salon) -> None:
    _token, key = ApiToken.objects.issue(company=other.company, name="Kasse", now=NOW)

    first = api.post("/customers/", {"name": "Tom"}, **KEY)
    second = Api(key).post("/customers/", {"name": "Tom"}, **KEY)

    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("bad", ["", " ", "a b", "ä", "x" * 256, "\x7f"])
def test_a_key_is_visible_ascii(api: Api, wish: dict[str, object], bad: str) -> None:
    response = api.post("/appointments/", wish, **{"Idempotency-Key": bad})

    assert problem(response) == (400, "invalid", {"Idempotency-Key": ["invalid"]})
    assert not Appointment.objects.exists()


def test_a_day_later_the_key_is_free_again(api: Api, wish: dict[str, object], clock: Any) -> None:
    api.post("/customers/", {"name": "Tom"}, **KEY)

    clock.move_to(NOW + timedelta(hours=24))

    assert (
        api.post("/appointments/", {**wish, "starts_at": "2025-11-25T10:00:00+01:00"}, **KEY).status_code
        == 201
    )


def test_what_is_over_a_day_old_is_forgotten(api: Api, clock: Any) -> None:
    api.post("/customers/", {"name": "Tom"}, **KEY)
    clock.move_to(NOW + timedelta(hours=23))
    api.post("/customers/", {"name": "Anna"}, **{"Idempotency-Key": "bestellung-2"})
    assert purge_api_replies() == 0

    clock.move_to(NOW + timedelta(hours=25))

    assert purge_api_replies() == 1
    assert ApiReply.objects.get().key == "bestellung-2"
