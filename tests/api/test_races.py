"""Two at once, with real commits."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from appointments.models import Allocation, Appointment, Customer
from tests.api.client import Api, problem
from tests.salons import MONDAY, Salon

pytestmark = pytest.mark.django_db(transaction=True)
TEN = "2025-11-24T10:00:00+01:00"
MANY = 4


def at_once(*requests: Callable[[], Any]) -> list[Any]:
    """The answers; all start at the same moment, each on a connection of its own."""
    start = Barrier(len(requests))

    def run(request: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        try:
            return request()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, each) for each in requests]]


def test_the_loser_of_a_race_gets_an_ordinary_conflict(key: str, salon: Salon) -> None:
    body = {"service": salon.cut.pk, "staff": salon.emma.pk, "starts_at": TEN, "customer_name": "Tom"}

    answers = at_once(*[lambda: Api(key).post("/appointments/", body)] * MANY)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: MANY - 1}
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer) == (409, "slot_taken", {})
            assert answer.json()["conflicts"][0]["starts_at"] == TEN
    assert Appointment.objects.count() == Customer.objects.count() == Allocation.objects.count() == 1


def test_duplicates_that_arrive_at_once_get_one_answer(key: str, salon: Salon) -> None:
    body = {"service": salon.cut.pk, "staff": salon.emma.pk, "starts_at": TEN}

    def ask() -> Any:
        return Api(key).post("/appointments/", body, **{"Idempotency-Key": "bestellung-1"})

    answers = at_once(*[ask] * MANY)

    assert [answer.status_code for answer in answers] == [201] * MANY
    assert len({answer.content for answer in answers}) == 1
    assert Appointment.objects.count() == 1


def test_two_moves_to_the_same_time_leave_one_where_it_was(key: str, salon: Salon) -> None:
    first = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    second = salon.book(salon.cut, salon.emma, MONDAY, "14:00")

    answers = at_once(
        *[
            lambda pk=pk: Api(key).patch(f"/appointments/{pk}/", {"starts_at": TEN})
            for pk in (first.pk, second.pk)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    assert Allocation.objects.count() == 2


def test_of_two_who_saw_the_same_state_one_is_stale(key: str, salon: Salon) -> None:
    booked = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    body = {"notes": "x", "revision": 1}

    answers = at_once(*[lambda: Api(key).patch(f"/appointments/{booked.pk}/", body)] * 2)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}


def test_the_same_number_is_added_once(key: str, salon: Salon) -> None:
    body = {"name": "Frau Sommer", "phone": "030 9876543"}

    answers = at_once(*[lambda: Api(key).post("/customers/", body)] * MANY)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: MANY - 1}
    assert {problem(answer)[1] for answer in answers if answer.status_code == 400} == {"phone_taken"}


def test_bookings_for_the_same_new_customer_share_one(key: str, salon: Salon) -> None:
    def ask(staff: int) -> Any:
        body = {
            "service": salon.cut.pk,
            "staff": staff,
            "starts_at": TEN,
            "customer_name": "Frau Sommer",
            "customer_phone": "030 9876543",
        }
        return Api(key).post("/appointments/", body)

    answers = at_once(lambda: ask(salon.emma.pk), lambda: ask(salon.jonas.pk))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Customer.objects.count() == 1
