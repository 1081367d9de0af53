"""Moving, editing and cancelling."""

import pytest
from django.core.exceptions import ValidationError

from appointments import booking, hooks
from appointments.models import Allocation, Appointment
from appointments.models.appointment import Status
from tests.api.client import Api, problem
from tests.salons import MONDAY, NOW, Salon, at

pytestmark = pytest.mark.django_db
TWO = "2025-11-24T14:00:00+01:00"


@pytest.fixture
def booked(salon: Salon) -> Appointment:
    return salon.book(salon.cut, salon.emma, MONDAY, "10:00")


def test_time_stylist_and_service_change_in_one_step(api: Api, salon: Salon, booked: Appointment) -> None:
    body = {"starts_at": TWO, "staff": salon.jonas.pk, "service": salon.perm.pk, "notes": "Mit Tom."}

    changed = api.patch(f"/appointments/{booked.pk}/", body).json()

    assert (changed["starts_at"], changed["ends_at"]) == (TWO, "2025-11-24T16:15:00+01:00")
    assert (changed["staff"], changed["service"], changed["notes"]) == (
        "Jonas Brandt",
        "Dauerwelle",
        "Mit Tom.",
    )
    assert len(changed["phases"]) == 6
    assert {allocation.staff for allocation in Allocation.objects.all()} == {salon.jonas}
    assert api.get(f"/appointments/{booked.pk}/").json() == changed


def test_another_zone_is_the_same_time(api: Api, booked: Appointment) -> None:
    moved = api.patch(f"/appointments/{booked.pk}/", {"starts_at": "2025-11-24T13:00:00Z"})

    assert moved.json()["starts_at"] == TWO


def test_a_refused_move_leaves_everything_as_it_was(api: Api, salon: Salon, booked: Appointment) -> None:
    """The note too: half of what was asked is not what was asked."""
    salon.book(salon.cut, salon.emma, MONDAY, "14:30")

    response = api.patch(f"/appointments/{booked.pk}/", {"starts_at": TWO, "notes": "Verschoben."})

    assert problem(response) == (409, "slot_taken", {})
    assert response.json()["conflicts"] == [
        {"starts_at": "2025-11-24T14:30:00+01:00", "ends_at": "2025-11-24T15:25:00+01:00"}
    ]
    booked.refresh_from_db()
    assert (booked.starts_at, booked.notes, booked.revision) == (at(MONDAY, "10:00"), "", 1)


def test_a_refused_edit_takes_the_move_back(salon: Salon, other: Salon, booked: Appointment) -> None:
    foreign = other.company.customers.create(name="Herr Winter")
    to = booking.Move(start=at(MONDAY, "14:00"))

    with pytest.raises(ValidationError):
        booking.amend(booked, to=to, changes={"customer": foreign}, now=NOW)

    booked.refresh_from_db()
    assert (booked.starts_at, booked.revision) == (at(MONDAY, "10:00"), 1)


def test_it_does_not_stand_in_its_own_way(api: Api, booked: Appointment) -> None:
    later = "2025-11-24T10:30:00+01:00"

    assert api.patch(f"/appointments/{booked.pk}/", {"starts_at": later}).json()["starts_at"] == later


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [("2025-11-24T21:00:00+01:00", "outside_hours"), ("2025-11-24T14:03:00+01:00", "off_grid")],
)
def test_a_time_that_cannot_be_is_bad_input(api: Api, booked: Appointment, starts_at: str, code: str) -> None:
    response = api.patch(f"/appointments/{booked.pk}/", {"starts_at": starts_at})

    assert problem(response) == (400, code, {"starts_at": [code]})


def test_an_edit_moves_nothing(api: Api, salon: Salon, booked: Appointment) -> None:
    """The service is shorter by now; what was promised stays."""
    salon.cut.phases.update(minutes=30)
    customer = salon.company.customers.create(name="Frau Sommer")

    edited = api.patch(
        f"/appointments/{booked.pk}/",
        {"customer": customer.pk, "attendee_name": "Tom", "notes": "Kommt allein."},
    ).json()

    assert edited["customer"]["name"] == "Frau Sommer"
    assert (edited["attendee_name"], edited["notes"]) == ("Tom", "Kommt allein.")
    assert edited["ends_at"] == "2025-11-24T10:55:00+01:00"
    assert edited["revision"] == 2
    assert api.patch(f"/appointments/{booked.pk}/", {"customer": None}).json()["customer"] is None


def test_nothing_to_change_changes_nothing(api: Api, booked: Appointment) -> None:
    assert api.patch(f"/appointments/{booked.pk}/", {}).json()["revision"] == 1


@pytest.mark.parametrize("body", [{"notes": "x"}, {"starts_at": TWO}, {}])
def test_whoever_has_seen_an_older_state_is_told(
    api: Api, booked: Appointment, body: dict[str, object]
) -> None:
    assert api.patch(f"/appointments/{booked.pk}/", {"notes": "zuerst"}).json()["revision"] == 2

    response = api.patch(f"/appointments/{booked.pk}/", {**body, "revision": 1})

    assert problem(response) == (409, "stale", {})
    assert api.patch(f"/appointments/{booked.pk}/", {**body, "revision": 2}).status_code == 200


def test_the_change_is_told_to_the_others(
    api: Api, booked: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calendar, for one, hears of it in the same transaction."""
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(hooks, "_changed", [lambda each: heard.append((each.pk, each.revision))])

    api.patch(f"/appointments/{booked.pk}/", {"starts_at": TWO})
    api.post(f"/appointments/{booked.pk}/cancel/")

    assert heard == [(booked.pk, 2), (booked.pk, 3)]


class TestCancelling:
    def test_frees_the_time_and_keeps_the_appointment(
        self, api: Api, salon: Salon, booked: Appointment
    ) -> None:
        cancelled = api.post(f"/appointments/{booked.pk}/cancel/")

        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
        assert not Allocation.objects.exists()
        assert api.get(f"/appointments/{booked.pk}/").json() == cancelled.json()
        assert salon.book(salon.cut, salon.emma, MONDAY, "10:00").is_blocking

    def test_twice_is_once(self, api: Api, booked: Appointment) -> None:
        first = api.post(f"/appointments/{booked.pk}/cancel/").json()

        assert api.post(f"/appointments/{booked.pk}/cancel/").json() == first

    def test_needs_the_state_that_was_seen_if_one_is_named(self, api: Api, booked: Appointment) -> None:
        response = api.post(f"/appointments/{booked.pk}/cancel/", {"revision": 5})

        assert problem(response) == (409, "stale", {})

    def test_is_not_for_what_is_over(self, api: Api, booked: Appointment) -> None:
        Appointment.objects.filter(pk=booked.pk).update(status=Status.COMPLETED)
        Allocation.objects.all().delete()

        response = api.post(f"/appointments/{booked.pk}/cancel/")

        assert problem(response) == (409, "not_allowed", {})
        assert "erledigt" in response.json()["message"]

    def test_what_is_cancelled_cannot_be_moved(self, api: Api, booked: Appointment) -> None:
        api.post(f"/appointments/{booked.pk}/cancel/")

        response = api.patch(f"/appointments/{booked.pk}/", {"starts_at": TWO})

        assert problem(response) == (409, "not_allowed", {})


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_nothing_is_replaced_or_deleted(api: Api, booked: Appointment, method: str) -> None:
    response = api.send(method, f"/appointments/{booked.pk}/")

    assert problem(response) == (405, "method_not_allowed", {})
