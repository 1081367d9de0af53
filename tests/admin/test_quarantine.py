"""The quarantine: each conflict can be moved, merged, dropped; a lost race is told."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import booking
from appointments.access import Role, access_of
from appointments.booking import Visit
from appointments.models import Appointment, Customer, Import, Quarantine
from appointments.models.appointment import Source, Status
from tests.admin.test_scoping import member
from tests.appointments.racing import overlaps
from tests.appointments.tables import taken_by
from tests.integrations.calendar import CalendarSalon
from tests.salons import MONDAY, NOW, Salon, at, make_salon

LIST = reverse("admin:appointments_conflictingappointment_changelist")
COUNTER = iter(range(10_000))


def page(conflict: Appointment) -> str:
    return reverse("admin:appointments_conflictingappointment_change", args=[conflict.pk])


def decide(desk: Client, conflict: Appointment, way: str, revision: int | None = None) -> str:
    """What the page says afterwards."""
    url = reverse("admin:appointments_conflictingappointment_decide", args=[conflict.pk, way])
    data = {"revision": conflict.revision if revision is None else revision}
    return desk.post(url, data, follow=True).content.decode()


def move(desk: Client, conflict: Appointment, **data: Any) -> Any:
    url = reverse("admin:appointments_conflictingappointment_move", args=[conflict.pk])
    return desk.post(url, {"revision": conflict.revision, **data}, follow=True)


def imported(
    salon: Salon, clock: str, *, customer: Customer | None = None, day: Any = MONDAY, **facts: Any
) -> Appointment:
    """As an import stores it, at the time that the file says."""
    number = next(COUNTER)
    run = Import.objects.create(company=salon.company, file_name="alt.csv", state="running", created_at=NOW)
    name = customer.name if customer else f"Kunde {number}"
    entry = booking.Entry(
        row=2,
        key=f"{number:064}",
        digest="",
        external_id="",
        staff=salon.emma,
        service=salon.cut,
        start=at(day, clock),
        plan=salon.emma.plan_for(salon.cut),
        status=Status.BOOKED,
        contact=booking.Contact(name, customer.phone if customer else None),
        **facts,
    )
    (placement,) = booking.import_entries([entry], run=run, now=NOW, creates_customers=False)
    assert placement.appointment is not None
    return placement.appointment


@pytest.fixture
def promised(salon: Salon, jana: Customer) -> Appointment:
    request = salon.request(salon.cut, salon.emma)
    return booking.book(request, start=at(MONDAY, "10:00"), visit=Visit(Source.STAFF, customer=jana))


@pytest.fixture
def conflict(salon: Salon, promised: Appointment) -> Appointment:
    one = imported(salon, "10:30")
    assert one.status == Status.CONFLICT
    return one


def status(appointment: Appointment) -> tuple[str, int]:
    appointment.refresh_from_db()
    return str(appointment.status), len(taken_by(appointment))


def test_page_says_why_with_whom_and_where_it_could_go(
    desk: Client, conflict: Appointment, promised: Appointment
) -> None:
    context = desk.get(page(conflict)).context
    assert (list(context["others"]), context["quarantine"].other) == ([promised], promised)
    assert context["places"]
    assert desk.get(LIST).context["cl"].result_count == 1


def test_it_is_moved_to_a_time_that_is_offered(desk: Client, conflict: Appointment) -> None:
    place = desk.get(page(conflict)).context["places"][0]
    move(desk, conflict, place=f"{place.staff.pk}/{place.start.isoformat()}")
    assert status(conflict) == ("booked", 1)
    assert (conflict.starts_at, conflict.staff) == (place.start, place.staff)
    assert conflict.history.latest().channel == "staff"
    assert overlaps() == 0


def test_it_is_moved_to_a_time_that_was_typed(desk: Client, conflict: Appointment, salon: Salon) -> None:
    typed = {"place": "", "starts_at_0": "24.11.2025", "starts_at_1": "07:00", "staff": salon.jonas.pk}
    refused = move(desk, conflict, **typed)
    assert status(conflict) == ("conflict", 0)
    assert refused.context["form"]["starts_at"].value()[1] == "07:00", "what was typed is kept"
    move(desk, conflict, **typed, overrides_hours="on")
    assert status(conflict) == ("booked", 1)


def test_lost_race_is_told(desk: Client, conflict: Appointment, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "15:00")
    said = move(desk, conflict, place=f"{salon.emma.pk}/{at(MONDAY, '15:00').isoformat()}").content.decode()
    assert "Emma Keller" in said
    assert status(conflict) == ("conflict", 0)
    booking.give_place(conflict, booking.Move(start=at(MONDAY, "17:00")), now=NOW)
    assert "nicht mehr in Quarantäne" in decide(desk, conflict, "drop")
    assert status(conflict) == ("booked", 1)


def test_somebody_else_has_changed_it(desk: Client, conflict: Appointment) -> None:
    decide(desk, conflict, "drop", revision=99)
    assert status(conflict) == ("conflict", 0)


def test_it_is_dropped_with_its_history(desk: Client, conflict: Appointment) -> None:
    decide(desk, conflict, "drop")
    assert status(conflict) == ("rejected", 0)
    assert list(conflict.history.order_by("history_id").values_list("status", flat=True)) == [
        "conflict",
        "rejected",
    ]


def test_two_of_the_same_become_one(
    desk: Client, salon: Salon, promised: Appointment, jana: Customer
) -> None:
    double = imported(salon, "10:00", customer=jana, notes="möchte Kaffee")
    assert Quarantine.objects.get(appointment=double).kind == "duplicate"
    decide(desk, double, "merge")
    assert (status(double), status(promised)) == (("rejected", 0), ("booked", 1))
    assert (promised.notes, double.quarantine.merged_into) == ("möchte Kaffee", promised)


def test_strangers_are_not_merged(desk: Client, conflict: Appointment) -> None:
    decide(desk, conflict, "merge")
    assert status(conflict) == ("conflict", 0)


def test_time_that_became_free_without_a_word_is_booked(
    desk: Client, salon: Salon, promised: Appointment, jana: Customer
) -> None:
    """A double never gets it by itself."""
    double = imported(salon, "10:00", customer=jana)
    booking.cancel(promised, now=NOW)
    assert status(double) == ("conflict", 0)
    decide(desk, double, "time")
    assert status(double) == ("booked", 1)


def test_what_is_over_took_place_in_bulk(desk: Client, salon: Salon, conflict: Appointment) -> None:
    past = [imported(salon, clock, day=MONDAY.replace(day=17)) for clock in ("10:00", "10:15", "10:30")]
    ids = [one.pk for one in (*past[1:], conflict)]
    page = desk.post(LIST, {"action": "took_place_selected", "_selected_action": ids}, follow=True)
    assert [status(one)[0] for one in (*past, conflict)] == ["completed"] * 3 + ["conflict"]
    assert "noch nicht vorbei" in page.content.decode()


@pytest.mark.parametrize(
    ("action", "becomes"), [("drop_selected", "rejected"), ("take_time_selected", "conflict")]
)
def test_bulk(desk: Client, conflict: Appointment, action: str, becomes: str) -> None:
    desk.post(LIST, {"action": action, "_selected_action": [conflict.pk]})
    assert status(conflict)[0] == becomes


def test_calendar_conflict_is_decided_in_its_case(desk: Client, calendar: CalendarSalon) -> None:
    mine = calendar.cut()
    one = booking.record(
        staff=calendar.salon.emma,
        service=calendar.salon.cut,
        start=mine.starts_at,
        plan=mine.plan,
        visit=Visit(source=Source.CALENDAR),
        now=NOW,
    )
    assert not desk.get(page(one)).context["decides"]
    assert "Kalenderfall" in decide(desk, one, "drop")
    assert status(one) == ("conflict", 0)


def test_list_asks_no_more_for_many(desk: Client, salon: Salon, conflict: Appointment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(LIST).status_code == 200
        return len(captured)

    few = queries()
    for minute in (35, 40, 45):
        imported(salon, f"10:{minute}")
    assert queries() == few


def test_companies_and_roles(salon: Salon, conflict: Appointment) -> None:
    other = member(make_salon(slug="anderswo"), Role.OWNER)
    assert other.get(LIST).context["cl"].result_count == 0
    other.post(
        reverse("admin:appointments_conflictingappointment_decide", args=[conflict.pk, "drop"]),
        {"revision": 1},
    )
    assert status(conflict) == ("conflict", 0)
    reception = member(salon, Role.RECEPTIONIST)
    assert reception.get(page(conflict)).context["decides"]
    user = reception.get(LIST).context["user"]
    assert booking.in_quarantine(access_of(user)).count() == 1
