"""What waits for a person: in one page, counted in the navigation, for each login its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import booking, worklist
from appointments.access import Access, Role
from appointments.models.appointment import Status
from appointments.models.company import CalendarMode
from calls.models import Call, Callback, Matter
from integrations.models import CalendarCase, CaseKind
from tests.admin.test_scoping import member
from tests.salons import MONDAY, NOW, Salon, make_salon

URL = reverse("worklist")


def call_of(salon: Salon, number: str, **facts: Any) -> Call:
    return Call.objects.create(
        company=salon.company, branch=salon.branch, call_id=f"call_{number}", started_at=NOW, **facts
    )


def callback_of(salon: Salon, number: str, minutes: int = 30) -> Callback:
    return Callback.objects.create(
        company=salon.company,
        branch=salon.branch,
        call=call_of(salon, f"{salon.company.slug}_{number}"),
        name=f"Frau {number}",
        matter=Matter.OTHER,
        created_at=NOW,
        due_at=NOW + timedelta(minutes=minutes),
    )


def fill(salon: Salon, many: int = 1) -> None:
    """``many`` of everything that can wait."""
    salon.branch.calendar = CalendarMode.MIRROR
    salon.branch.save()
    for number in range(many):
        callback_of(salon, str(number))
        call_of(salon, f"wrong_{salon.company.slug}_{number}", contradictions=2)
        CalendarCase.objects.create(
            company=salon.company, kind=CaseKind.UNKNOWN_HOST, uid=f"uid{number}", opened_at=NOW
        )
        day = MONDAY + timedelta(days=7 * (number // 10))
        appointment = salon.book(salon.cut, salon.emma, day, f"{8 + number % 10:02}:00")
        booking.mark(appointment, Status.CANCELLED, now=NOW)


def keys(client: Client) -> list[str]:
    return [section.work.key for section in client.get(URL).context["sections"]]


def badge(client: Client) -> str:
    navigation = client.get(URL).context["sidebar_navigation"]
    item = next(item for item in navigation[0]["items"] if str(item["link"]) == URL)
    return str(item["badge_callback"])


def test_nothing_to_do_is_said(salon: Salon) -> None:
    page = member(salon, Role.RECEPTIONIST).get(URL)
    assert "Nichts wartet auf Sie" in page.content.decode()


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.OWNER, ["callbacks", "cases", "contradictions", "unmapped_staff"]),
        (Role.MANAGER, ["callbacks", "cases", "contradictions", "unmapped_staff"]),
        (Role.RECEPTIONIST, ["callbacks", "cases", "contradictions"]),
        (Role.STYLIST, []),
    ],
)
def test_each_role_sees_what_it_can_solve_in_its_own_company(
    salon: Salon, role: Role, seen: list[str]
) -> None:
    fill(salon)
    desk = member(salon, role, staff=salon.emma if role == Role.STYLIST else None)
    assert sorted(keys(desk)) == seen
    elsewhere = member(make_salon(slug="anderswo"), role)
    assert keys(elsewhere) == []
    assert badge(elsewhere) == ""


def test_a_login_without_membership_is_refused(salon: Salon) -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody", password="x", is_staff=True))
    assert client.get(URL).status_code == 403


def test_an_appointment_in_conflict_and_a_provisional_one_wait_for_their_stylist(salon: Salon) -> None:
    both = [salon.book(salon.cut, salon.emma, MONDAY, clock) for clock in ("10:00", "12:00")]
    for appointment, status in zip(both, (Status.PROVISIONAL, Status.CONFLICT), strict=True):
        store_status(appointment.pk, status)
    assert keys(member(salon, Role.STYLIST, staff=salon.emma)) == ["conflicts", "provisional"]


def store_status(pk: int, status: Status) -> None:
    """As the calendar leaves it; the ledger goes with it in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE appointments_appointment SET status = %s WHERE id = %s", [status, pk])
        if status == Status.CONFLICT:
            cursor.execute("DELETE FROM appointments_allocation WHERE appointment_id = %s", [pk])


def test_overdue_callbacks_come_first_and_are_called_so(salon: Salon) -> None:
    callback_of(salon, "later", 60)
    callback_of(salon, "overdue", -5)
    section = member(salon, Role.RECEPTIONIST).get(URL).context["sections"][0]
    assert [(row.text.split(",")[0], row.late) for row in section.rows] == [
        ("Frau overdue", True),
        ("Frau later", False),
    ]


def test_done_takes_it_off_the_list_and_the_second_is_told(salon: Salon) -> None:
    callback = callback_of(salon, "1")
    desk = member(salon, Role.RECEPTIONIST)
    assert badge(desk) == "1"
    sent = {"list": "callbacks", "row": callback.pk}
    assert "Erledigt." in desk.post(URL, sent, follow=True).content.decode()
    assert badge(desk) == ""
    assert "bereits jemand anders" in desk.post(URL, sent, follow=True).content.decode()
    callback.refresh_from_db()
    assert str(callback.done_by) == f"{Role.RECEPTIONIST}-{salon.company.slug}"


def test_a_call_that_was_checked_is_no_work_any_more(salon: Salon) -> None:
    call = call_of(salon, "wrong", contradictions=1)
    desk = member(salon, Role.RECEPTIONIST)
    desk.post(URL, {"list": "contradictions", "row": call.pk})
    call.refresh_from_db()
    assert call.checked_at == NOW
    assert keys(desk) == []


def test_nobody_finishes_what_another_company_has_to_do(salon: Salon) -> None:
    callback = callback_of(salon, "1")
    stranger = member(make_salon(slug="anderswo"), Role.OWNER)
    stranger.post(URL, {"list": "callbacks", "row": callback.pk})
    callback.refresh_from_db()
    assert callback.state == "open"


@pytest.mark.parametrize(
    ("name", "row"), [("callbacks", "x"), ("callbacks", "9" * 30), ("cases", "1"), ("", "")]
)
def test_nonsense_is_not_found(salon: Salon, name: str, row: str) -> None:
    assert member(salon, Role.OWNER).post(URL, {"list": name, "row": row}).status_code == 404


def test_the_page_asks_as_much_for_many_rows_as_for_one(salon: Salon) -> None:
    desk = member(salon, Role.OWNER)
    fill(salon)
    with CaptureQueriesContext(connection) as one:
        desk.get(URL)
    Call.objects.all().delete()
    CalendarCase.objects.all().delete()
    fill(salon, 50)
    with CaptureQueriesContext(connection) as many:
        page = desk.get(URL)
    assert len(many) == len(one)
    assert {len(section.rows) for section in page.context["sections"]} == {2, 50}


def test_every_list_is_found_by_an_index_of_what_is_open(salon: Salon) -> None:
    """With sequential scans made dear, the plan names the index that holds only open rows."""
    expected = {
        "alarms": "alarm_open",
        "conflicts": "appointment_undecided",
        "provisional": "appointment_undecided",
        "callbacks": "callback_open_due_at",
        "contradictions": "call_unchecked",
        "cases": "calendar_case_open",
    }
    access = Access(company_id=salon.company.pk, role=Role.OWNER)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    for key, index in expected.items():
        plan = worklist._lists[key].find(access, NOW)[:50].explain()
        assert index in plan, key
