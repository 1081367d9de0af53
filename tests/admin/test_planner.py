"""The planner: who sees what of a day, and that a screen learns of a change."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import booking
from appointments.access import Role
from appointments.models import Absence, Customer, Staff
from tests.admin.test_scoping import member
from tests.salons import MONDAY, NOW, Salon, at, make_salon

DAY = {"day": MONDAY.isoformat()}


def page(client: Client, **asked: Any) -> Any:
    return client.get(reverse("planner"), DAY | asked)


def feed(client: Client, salon: Salon, etag: str = "") -> Any:
    headers = {"If-None-Match": etag} if etag else {}
    return client.get(reverse("planner-feed"), DAY | {"branch": salon.branch.pk}, headers=headers)


def test_staff_land_on_the_planner(salon: Salon) -> None:
    assert member(salon, Role.RECEPTIONIST).get(reverse("admin:index")).url == reverse("planner")


def test_the_day_shows_what_is_booked_held_and_away(salon: Salon, desk: Client, jana: Customer) -> None:
    perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    booking.edit(perm, {"customer": jana}, now=NOW)
    booking.hold(salon.request(salon.cut, salon.jonas, holder="call:1"), start=at(MONDAY, "09:00"))
    Absence.objects.create(staff=salon.jonas, starts_at=at(MONDAY, "14:00"), ends_at=at(MONDAY, "20:00"))
    shown = page(desk)
    emma, jonas = shown.context["planner"].columns
    assert [(each.attendee, len(each.parts)) for each in emma.visits] == [("Jana Probst", 6)]
    assert [part.busy for part in emma.visits[0].parts] == [True, False, True, False, True, True]
    assert [hold.start for hold in jonas.holds] == [at(MONDAY, "09:00")]
    assert [away.start for away in jonas.absences] == [at(MONDAY, "14:00")]
    assert [(hours.start, hours.end) for hours in emma.working] == [
        (at(MONDAY, "08:00"), at(MONDAY, "20:00"))
    ]
    assert [kind for kind, _entry in jonas.entries] == ["hold", "away"]
    assert "Jana Probst" in shown.text
    assert "10:50–11:05" in shown.text  # the gap, by the salon's clock


def test_what_was_cancelled_is_gone(salon: Salon, desk: Client) -> None:
    booking.cancel(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), now=NOW)
    assert [column.visits for column in page(desk).context["planner"].columns] == [[], []]


def test_the_screen_learns_of_a_booking(salon: Salon, desk: Client) -> None:
    first = feed(desk, salon)
    assert feed(desk, salon, first["ETag"]).status_code == 304
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    second = feed(desk, salon, first["ETag"])
    blocks = [block for block in second.json()["events"] if block["extendedProps"]["kind"] == "visit"]
    assert [block["extendedProps"]["appointment"] for block in blocks] == [appointment.pk]
    booking.reschedule(appointment, booking.Move(staff=salon.jonas), now=NOW)
    assert feed(desk, salon, second["ETag"]).status_code == 200


def test_a_stylist_sees_the_own_column(salon: Salon) -> None:
    shown = page(member(salon, Role.STYLIST, staff=salon.emma))
    assert [column.name for column in shown.context["planner"].columns] == [salon.emma.name]


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.RECEPTIONIST, Role.STYLIST])
def test_another_company_does_not_exist(salon: Salon, role: Role) -> None:
    other = make_salon(slug="anderswo")
    facts = {"staff": salon.emma} if role == Role.STYLIST else {}
    client = member(salon, role, **facts)
    assert [branch.pk for branch in page(client).context["branches"]] == [salon.branch.pk]
    assert page(client, branch=other.branch.pk).status_code == 404
    assert feed(client, other).status_code == 404


def test_whoever_may_not_see_appointments_is_refused(salon: Salon) -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody", password="x", is_staff=True))
    assert page(client).status_code == 403
    assert feed(client, salon).status_code == 403


@pytest.mark.parametrize("day", ["morgen", "2025-02-30", "0001-01-01"])
def test_what_is_no_day_shows_today_and_says_so(salon: Salon, desk: Client, day: str) -> None:
    shown = page(desk, day=day)
    assert shown.context["day"] == NOW.date()
    assert f"„{day}“ ist kein Tag" in shown.text


def test_as_many_queries_for_many_rows_as_for_one(salon: Salon, desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(desk, branch=salon.branch.pk)
        return len(seen)

    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    queries()
    few = queries()
    for number in range(8):
        name = f"Aushilfe {number}"
        helper = Staff.objects.create(company=salon.company, branch=salon.branch, name=name)
        salon.book(salon.perm, helper, MONDAY, "10:00")
        booking.hold(salon.request(salon.cut, helper, holder=name), start=at(MONDAY, "15:00"))
    assert queries() == few
