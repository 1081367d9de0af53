"""Reading: lists, filters, pages, the catalogue, customers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import booking
from appointments.models import Customer
from appointments.models.appointment import Source
from tests.api.client import Api, problem
from tests.salons import MONDAY, Salon, at, make_service

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def starts(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["starts_at"][8:16] for row in response.json()["results"]]


class TestAppointments:
    @pytest.fixture(autouse=True)
    def booked(self, salon: Salon) -> None:
        salon.book(salon.perm, salon.emma, TUESDAY, "09:00")
        salon.book(salon.cut, salon.jonas, MONDAY, "19:05")
        salon.book(salon.cut, salon.emma, MONDAY, "08:00")

    def test_come_by_start(self, api: Api) -> None:
        assert starts(api.get("/appointments/")) == ["24T08:00", "24T19:05", "25T09:00"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"from": "2025-11-24", "to": "2025-11-24"}, ["24T08:00", "24T19:05"]),
            ({"from": "2025-11-25"}, ["25T09:00"]),
            ({"to": "2025-11-24T19:05:00+01:00"}, ["24T08:00"]),
            ({"from": "2025-11-24T18:05:00Z", "to": "2025-11-25T08:00:01Z"}, ["24T19:05", "25T09:00"]),
            ({"staff": "Emma Keller"}, ["24T08:00", "25T09:00"]),
            ({"service": "Dauerwelle"}, ["25T09:00"]),
            ({"branch": "Mitte", "staff": "Jonas Brandt"}, ["24T19:05"]),
            ({"status": "cancelled"}, []),
        ],
    )
    def test_are_filtered(self, api: Api, query: dict[str, str], expected: list[str]) -> None:
        assert starts(api.get("/appointments/", **query)) == expected

    def test_are_filtered_by_customer_and_id(self, api: Api, salon: Salon) -> None:
        customer = salon.company.customers.create(name="Frau Sommer")

        assert starts(api.get("/appointments/", customer=customer.pk)) == []
        assert starts(api.get("/appointments/", staff=salon.jonas.pk)) == ["24T19:05"]

    def test_are_found_although_the_service_is_no_longer_offered(self, api: Api, salon: Salon) -> None:
        salon.perm.active = False
        salon.perm.save()

        assert starts(api.get("/appointments/", service=salon.perm.pk)) == ["25T09:00"]

    def test_come_in_pages_that_miss_nothing(self, api: Api, salon: Salon) -> None:
        """Also where two start at once."""
        salon.book(salon.cut, salon.jonas, MONDAY, "08:00")
        seen: list[int] = []
        page = api.get("/appointments/", limit="1").json()
        while True:
            seen += [row["id"] for row in page["results"]]
            if page["next"] is None:
                break
            page = api.client.get(page["next"], headers=api.headers).json()

        assert len(seen) == len(set(seen)) == 4
        assert page["previous"]

    @pytest.mark.parametrize(
        "cursor", ["nonsense", "cD1ub25zZW5zZQ==", "cD0lMDA=", "bz0tMQ==", "\xe4", "cD0yMDI1LTAxLTAx"]
    )
    def test_a_page_that_was_made_up_does_not_exist(self, api: Api, cursor: str) -> None:
        assert problem(api.get("/appointments/", cursor=cursor)) == (404, "not_found", {})
        assert problem(api.get("/customers/", cursor=cursor)) == (404, "not_found", {})


def add_one_of_each_kind(salon: Salon, number: int) -> None:
    """Of everything that is listed, with everything that hangs on it."""
    company, phases = salon.company, [("", 20, True), ("", 10, False), ("", 5, True)]
    customer = company.customers.create(name=f"Kundin {number}", phone=f"+49301110{number:03d}")
    service = make_service(company, f"Schnitt {number}", phases)
    stylist = company.staff.create(branch=salon.branch, name=f"Kraft {number}", offers_all_services=False)
    for skill in (service, salon.cut):
        stylist.skills.create(company=company, service=skill)
    visit = booking.Visit(source=Source.API, customer=customer)
    booking.book(salon.request(service, stylist), start=at(MONDAY, "13:00"), visit=visit)


LISTS = [
    "/appointments/?limit=200",
    "/services/?limit=200",
    "/staff/?limit=200",
    "/customers/?limit=200",
    "/availability/?service=Herrenhaarschnitt&from=2025-11-24T10:00:00Z&to=2025-11-24T10:05:00Z",
]


def queries_of_lists(api: Api) -> tuple[list[int], list[int]]:
    """How many queries each list needs, and how many rows it has."""
    queries, rows = [], []
    for path in LISTS:
        with CaptureQueriesContext(connection) as captured:
            rows.append(len(api.get(path).json()["results"]))
        queries.append(len(captured))
    return queries, rows


def test_fifty_rows_need_the_queries_of_one(api: Api, salon: Salon) -> None:
    add_one_of_each_kind(salon, 0)
    for_one, _few = queries_of_lists(api)
    for number in range(1, 50):
        add_one_of_each_kind(salon, number)

    for_many, rows = queries_of_lists(api)

    assert min(rows) >= 50
    assert for_many == for_one


class TestTheCatalogue:
    def test_lists_services_with_their_phases(self, api: Api, salon: Salon) -> None:
        cut, perm = api.get("/services/").json()["results"]

        assert cut == {
            "id": salon.cut.pk,
            "name": "Herrenhaarschnitt",
            "minutes": 55,
            "price": "30.00",
            "currency": "EUR",
            "buffer_before_minutes": 0,
            "buffer_after_minutes": 0,
            "phases": [{"position": 1, "name": "", "minutes": 55, "busy": True}],
            "active": True,
        }
        assert perm["minutes"] == 135
        assert [phase["busy"] for phase in perm["phases"]] == [True, False, True, False, True, True]
        assert api.get(f"/services/{salon.perm.pk}/").json() == perm

    def test_lists_staff_with_what_they_offer(self, api: Api, salon: Salon) -> None:
        salon.jonas.offers_all_services = False
        salon.jonas.save()
        salon.jonas.skills.create(company=salon.company, service=salon.cut)

        emma, jonas = api.get("/staff/").json()["results"]

        assert emma == {
            "id": salon.emma.pk,
            "name": "Emma Keller",
            "branch": "Mitte",
            "branch_id": salon.branch.pk,
            "services": None,
            "active": True,
        }
        assert jonas["services"] == [salon.cut.pk]
        assert api.get(f"/staff/{salon.jonas.pk}/").json() == jonas

    def test_tells_what_is_no_longer_offered_apart(self, api: Api, salon: Salon) -> None:
        salon.perm.active = False
        salon.perm.save()

        assert [row["name"] for row in api.get("/services/", active="false").json()["results"]] == [
            "Dauerwelle"
        ]
        assert len(api.get("/services/").json()["results"]) == 2

    @pytest.mark.parametrize("path", ["/services/", "/staff/"])
    def test_is_only_read(self, api: Api, path: str) -> None:
        assert problem(api.post(path, {"name": "x"})) == (405, "method_not_allowed", {})


class TestCustomers:
    @pytest.fixture(autouse=True)
    def sommer(self, salon: Salon) -> Customer:
        salon.company.customers.create(name="Herr Winter", email="winter@beispiel.example")
        return salon.company.customers.create(name="Frau Sommer", phone="+49309876543")

    @pytest.mark.parametrize(
        ("search", "expected"),
        [
            ("030 9876543", ["Frau Sommer"]),
            ("0049-30-98765-43", ["Frau Sommer"]),
            ("+49309876543", ["Frau Sommer"]),
            ("030 987654", []),
            ("sommer", ["Frau Sommer"]),
            ("WINTER@beispiel.example", ["Herr Winter"]),
            ("%", []),
        ],
    )
    def test_are_searched(self, api: Api, search: str, expected: list[str]) -> None:
        assert [row["name"] for row in api.get("/customers/", search=search).json()["results"]] == expected

    def test_are_added_with_a_number_in_any_spelling(self, api: Api) -> None:
        made = api.post("/customers/", {"name": "Tom", "phone": "(030) 555 11 22", "notes": "Kind"})

        assert made.status_code == 201
        assert made.json() == {
            "id": made.json()["id"],
            "name": "Tom",
            "phone": "+49305551122",
            "email": None,
            "notes": "Kind",
            "created_at": "2025-11-23T18:00:00+01:00",
        }
        assert api.get(f"/customers/{made.json()['id']}/").json() == made.json()

    def test_are_changed(self, api: Api, sommer: Customer) -> None:
        changed = api.patch(f"/customers/{sommer.pk}/", {"name": "Frau Herbst", "phone": "", "email": ""})

        assert changed.status_code == 200
        sommer.refresh_from_db()
        assert (sommer.name, sommer.phone, sommer.email) == ("Frau Herbst", None, None)

    def test_have_a_number_of_their_own(self, api: Api, sommer: Customer) -> None:
        response = api.post("/customers/", {"name": "Tom", "phone": "030 9876543"})

        assert problem(response) == (400, "phone_taken", {})

    def test_are_not_deleted(self, api: Api, sommer: Customer) -> None:
        """Erasing a person is more than deleting a row."""
        assert problem(api.send("delete", f"/customers/{sommer.pk}/")) == (405, "method_not_allowed", {})
