"""Free starts."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import Api, problem
from tests.salons import MONDAY, Salon, at

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def ask(api: Api, salon: Salon, **query: object) -> Any:
    day = {"service": salon.cut.pk, "from": "2025-11-24", "to": "2025-11-24"}
    return api.get("/availability/", **{**day, **query})


def test_lists_each_free_start_with_who_is_free(api: Api, salon: Salon) -> None:
    salon.book(salon.cut, salon.jonas, MONDAY, "08:00")
    salon.branch.slot_minutes = 30
    salon.branch.save()

    first, second, *_rest, last = ask(api, salon).json()["results"]

    assert first == {
        "starts_at": "2025-11-24T08:00:00+01:00",
        "ends_at": "2025-11-24T08:55:00+01:00",
        "staff": "Emma Keller",
        "staff_id": salon.emma.pk,
    }
    assert second["starts_at"] == "2025-11-24T08:30:00+01:00"
    assert last["starts_at"] == "2025-11-24T19:00:00+01:00"


def test_every_start_can_be_booked(api: Api, salon: Salon) -> None:
    start = ask(api, salon).json()["results"][7]

    body = {"service": salon.cut.pk, "staff": start["staff_id"], "starts_at": start["starts_at"]}
    assert api.post("/appointments/", body).status_code == 201


def test_an_empty_parameter_counts_as_none(api: Api, salon: Salon) -> None:
    assert ask(api, salon, staff="").json() == ask(api, salon).json()


def test_can_be_asked_for_one_stylist_and_for_hours(api: Api, salon: Salon) -> None:
    found = ask(
        api,
        salon,
        staff=salon.jonas.pk,
        **{"from": "2025-11-24T10:00:00+01:00", "to": "2025-11-24T10:10:00+01:00"},
    )

    assert [(row["starts_at"][11:16], row["staff"]) for row in found.json()["results"]] == [
        ("10:00", "Jonas Brandt"),
        ("10:05", "Jonas Brandt"),
    ]


def test_a_month_is_the_most(api: Api, salon: Salon) -> None:
    assert ask(api, salon, to="2025-12-24").status_code == 200
    assert problem(ask(api, salon, to="2025-12-25")) == (400, "invalid", {"to": ["too_long"]})


def test_so_is_the_month_with_an_hour_more(api: Api, salon: Salon) -> None:
    autumn = {"from": "2026-10-01", "to": "2026-10-31"}

    assert ask(api, salon, **autumn).json()["results"] == []


def test_ends_after_it_begins(api: Api, salon: Salon) -> None:
    response = ask(api, salon, to="2025-11-23")

    assert problem(response) == (400, "invalid", {"to": ["end_before_start"]})


def test_needs_to_know_what_and_when(api: Api) -> None:
    missing = {"service": ["required"], "from": ["required"], "to": ["required"]}

    assert problem(api.get("/availability/")) == (400, "invalid", missing)


def test_knows_nothing_free_for_who_is_away(api: Api, salon: Salon) -> None:
    salon.emma.absences.create(starts_at=at(MONDAY, "00:00"), ends_at=at(TUESDAY, "00:00"))

    assert ask(api, salon, staff=salon.emma.pk).json()["results"] == []
