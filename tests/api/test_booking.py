"""Booking through the API."""

import pytest

from appointments import booking
from appointments.models import Allocation, Appointment, Customer
from tests.api.client import Api, problem
from tests.salons import MONDAY, NOW, Salon, at

pytestmark = pytest.mark.django_db
TEN = "2025-11-24T10:00:00+01:00"


def wish(salon: Salon, **facts: object) -> dict[str, object]:
    return {"service": salon.cut.pk, "staff": salon.emma.pk, "starts_at": TEN, **facts}


def test_an_appointment_is_booked_and_shown_as_the_export_shows_it(api: Api, salon: Salon) -> None:
    response = api.post(
        "/appointments/", wish(salon, customer_name="Frau Sommer", customer_phone="030 9876543")
    )

    assert response.status_code == 201
    made = Appointment.objects.get()
    customer = Customer.objects.get()
    assert response.json() == {
        "id": made.pk,
        "company": "morgenrot",
        "branch": "Mitte",
        "branch_id": salon.branch.pk,
        "customer": {"id": customer.pk, "name": "Frau Sommer", "phone": "+49309876543", "email": None},
        "attendee_name": "",
        "service": "Herrenhaarschnitt",
        "service_id": salon.cut.pk,
        "staff": "Emma Keller",
        "staff_id": salon.emma.pk,
        "staff_wished": True,
        "starts_at": TEN,
        "ends_at": "2025-11-24T10:55:00+01:00",
        "status": "booked",
        "source": "api",
        "phases": [
            {
                "position": 1,
                "name": "",
                "staff": "Emma Keller",
                "starts_at": TEN,
                "ends_at": "2025-11-24T10:55:00+01:00",
                "busy": True,
            }
        ],
        "price": "30.00",
        "currency": "EUR",
        "notes": "",
        "revision": 1,
        "created_at": NOW.isoformat(),
        "updated_at": NOW.isoformat(),
    }
    assert api.get(f"/appointments/{made.pk}/").json() == response.json()


def test_a_time_that_is_taken_is_refused_with_the_times_in_conflict(api: Api, salon: Salon) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "09:00")

    response = api.post("/appointments/", wish(salon, customer_name="Frau Sommer"))

    assert problem(response) == (409, "slot_taken", {})
    assert response.json()["conflicts"] == [
        {"starts_at": "2025-11-24T09:00:00+01:00", "ends_at": "2025-11-24T11:15:00+01:00"}
    ]
    assert not Customer.objects.exists()


def test_without_a_stylist_whoever_is_free_serves(api: Api, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")

    response = api.post("/appointments/", wish(salon, staff=None))

    assert response.status_code == 201
    assert response.json()["staff"] == "Jonas Brandt"
    assert response.json()["staff_wished"] is False


def test_if_everybody_is_taken_all_times_in_conflict_are_named(api: Api, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "09:30")
    salon.book(salon.cut, salon.jonas, MONDAY, "10:30")

    response = api.post("/appointments/", wish(salon, staff=None))

    assert problem(response) == (409, "slot_taken", {})
    assert [conflict["starts_at"] for conflict in response.json()["conflicts"]] == [
        "2025-11-24T09:30:00+01:00",
        "2025-11-24T10:30:00+01:00",
    ]


def test_a_running_call_that_holds_the_time_is_a_conflict_as_well(api: Api, salon: Salon) -> None:
    held = salon.request(salon.cut, salon.emma, holder="call-1")
    booking.hold(held, start=at(MONDAY, "10:00"))

    assert problem(api.post("/appointments/", wish(salon))) == (409, "slot_taken", {})


def test_back_to_back_is_no_conflict(api: Api, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "09:05")

    assert api.post("/appointments/", wish(salon)).status_code == 201


def test_the_gap_of_a_perm_can_be_booked(api: Api, salon: Salon) -> None:
    """Winding takes fifty minutes, then nobody is needed for fifteen."""
    salon.cut.phases.update(minutes=15)
    salon.book(salon.perm, salon.emma, MONDAY, "09:10")

    assert api.post("/appointments/", wish(salon)).status_code == 201


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        ("2025-11-24T10:02:00+01:00", "off_grid"),
        ("2025-11-24T07:00:00+01:00", "outside_hours"),
        ("2025-11-23T18:10:00+01:00", "notice_too_short"),
        ("2025-11-23T17:00:00+01:00", "past"),
        ("2025-12-25T10:00:00+01:00", "holiday"),
        ("2026-11-24T10:00:00+01:00", "too_far"),
        ("2199-12-31T23:59:59-23:59", "too_far"),
    ],
)
def test_other_refusals_are_bad_input_with_their_reason(
    api: Api, salon: Salon, starts_at: str, code: str
) -> None:
    response = api.post("/appointments/", wish(salon, starts_at=starts_at))

    assert problem(response) == (400, code, {"starts_at": [code]})
    assert not Allocation.objects.exists()


def test_a_stylist_who_is_away_is_a_reason(api: Api, salon: Salon) -> None:
    salon.emma.absences.create(starts_at=at(MONDAY, "08:00"), ends_at=at(MONDAY, "20:00"))

    response = api.post("/appointments/", wish(salon))

    assert problem(response) == (400, "staff_absent", {"starts_at": ["staff_absent"]})


def test_a_stylist_who_does_not_offer_the_service_is_wrong_at_staff(api: Api, salon: Salon) -> None:
    salon.emma.offers_all_services = False
    salon.emma.save()

    code = "staff_cannot_provide_service"
    assert problem(api.post("/appointments/", wish(salon))) == (400, code, {"staff": [code]})


def test_what_was_read_can_be_written(api: Api, salon: Salon) -> None:
    """Services, stylists and branches by their names, as appointments show them."""
    named = wish(salon, service="Herrenhaarschnitt", staff="Emma Keller", branch="Mitte")

    assert api.post("/appointments/", named).status_code == 201


def test_with_several_branches_one_must_be_named(api: Api, salon: Salon) -> None:
    salon.company.branches.create(name="Nord", calendar="off")

    unnamed = api.post("/appointments/", wish(salon, staff=None))

    assert problem(unnamed) == (400, "invalid", {"branch": ["required"]})
    assert api.post("/appointments/", wish(salon)).status_code == 201
    named = wish(salon, staff=None, branch=salon.branch.pk)
    assert api.post("/appointments/", named).json()["staff"] == "Jonas Brandt"


class TestTheCustomer:
    def test_is_recognised_by_the_number_and_keeps_the_name(self, api: Api, salon: Salon) -> None:
        known = salon.company.customers.create(name="Frau Sommer", phone="+49309876543")

        body = wish(salon, customer_name="Tom", customer_phone="0049 (30) 98765-43", attendee_name="Tom")
        made = api.post("/appointments/", body).json()

        assert made["customer"] == {
            "id": known.pk,
            "name": "Frau Sommer",
            "phone": "+49309876543",
            "email": None,
        }
        assert made["attendee_name"] == "Tom"

    def test_can_be_named_by_id(self, api: Api, salon: Salon) -> None:
        known = salon.company.customers.create(name="Frau Sommer")

        assert api.post("/appointments/", wish(salon, customer=known.pk)).json()["customer"]["id"] == known.pk

    def test_new_needs_a_name(self, api: Api, salon: Salon) -> None:
        response = api.post("/appointments/", wish(salon, customer_phone="030 9876543"))

        assert problem(response) == (400, "invalid", {"customer_name": ["required"]})

    def test_is_named_in_one_way_only(self, api: Api, salon: Salon) -> None:
        known = salon.company.customers.create(name="Frau Sommer")

        response = api.post("/appointments/", wish(salon, customer=known.pk, customer_name="Tom"))

        assert problem(response) == (400, "invalid", {"customer_name": ["invalid"]})

    def test_may_be_nobody_yet(self, api: Api, salon: Salon) -> None:
        assert api.post("/appointments/", wish(salon)).json()["customer"] is None
