"""The page on which somebody plans what becomes of the appointments of a stylist who is ill."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import booking
from appointments.access import Role
from appointments.models import Absence, Appointment, Customer, Outage, Staff
from calls.models import Callback
from tests.admin.test_scoping import member
from tests.integrations.calendar import CalendarSalon, converge
from tests.salons import MONDAY, NOW, Salon, at, make_salon

PLAN = reverse("admin:appointments_outage_plan")


def asked(salon: Salon, **facts: Any) -> dict[str, Any]:
    return {"staff": salon.emma.pk, "first_day": MONDAY.isoformat(), "reason": "krank", **facts}


def show(client: Client, salon: Salon, **facts: Any) -> Any:
    return client.get(PLAN, asked(salon, **facts))


def as_shown(page: Any) -> dict[str, str]:
    """What the browser sends when nothing is changed."""
    data = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    for name, options in re.findall(
        r'<select class="outage-select" name="([^"]+)".*?>(.*?)</select>', page.text, re.DOTALL
    ):
        (data[name],) = re.findall(r'value="([^"]+)" selected', options)
    return data | {
        name: "" if value is None else str(value) for name, value in page.context["form"].data.items()
    }


def book_jana(salon: Salon, jana: Customer, clock: str = "10:00") -> Appointment:
    return booking.edit(salon.book(salon.cut, salon.emma, MONDAY, clock), {"customer": jana}, now=NOW)


@pytest.fixture
def rezeption(salon: Salon) -> Client:
    return member(salon, Role.RECEPTIONIST)


def test_the_day_is_shown_proposed_and_carried_out(salon: Salon, rezeption: Client, jana: Customer) -> None:
    mine = book_jana(salon, jana)
    page = rezeption.get(PLAN, {"staff": salon.emma.pk, "date": MONDAY.isoformat()})
    assert "Gleiche Zeit, 10:00, bei Jonas Brandt" in page.text
    answer = rezeption.post(PLAN, as_shown(page), follow=True)
    mine.refresh_from_db()
    assert mine.staff == salon.jonas
    assert Absence.objects.get().staff == salon.emma
    assert "+49 30 900101" in answer.text  # whom to call
    assert answer.request["PATH_INFO"] == reverse(
        "admin:appointments_outage_change", args=[Outage.objects.get().pk]
    )
    assert Outage.objects.get().planned_by == User.objects.get()


def test_a_double_click_is_one_outage_and_the_second_is_told(
    salon: Salon, rezeption: Client, jana: Customer
) -> None:
    book_jana(salon, jana)
    sent = as_shown(show(rezeption, salon))
    rezeption.post(PLAN, sent)
    again = rezeption.post(PLAN, sent, follow=True)
    assert "bereits erledigt" in again.text
    assert (Outage.objects.count(), Callback.objects.count()) == (1, 1)


def test_who_was_too_late_sees_the_new_proposal_and_why(
    salon: Salon, rezeption: Client, jana: Customer
) -> None:
    book_jana(salon, jana)
    sent = as_shown(show(rezeption, salon))
    salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    page = rezeption.post(PLAN, sent)
    assert "Jana Probst" in page.context["problems"][0]
    assert "Es wurde nichts geändert" in page.context["problems"][-1]
    assert page.context["form"]["reason"].value() == "krank"
    assert "bei Jonas Brandt</option>" in page.text.replace("\n", "")
    assert not Outage.objects.exists()


def test_what_was_chosen_stays_chosen(salon: Salon, rezeption: Client, jana: Customer) -> None:
    mine, other = book_jana(salon, jana), salon.book(salon.cut, salon.emma, MONDAY, "15:00")
    sent = as_shown(show(rezeption, salon)) | {f"choice-{mine.pk}": "call"}
    booking.cancel(other, now=NOW)
    page = rezeption.post(PLAN, sent)
    assert as_shown(page)[f"choice-{mine.pk}"] == "call"


def test_left_and_to_be_called(salon: Salon, rezeption: Client, jana: Customer) -> None:
    stays, open_ = book_jana(salon, jana), salon.book(salon.cut, salon.emma, MONDAY, "15:00")
    sent = as_shown(show(rezeption, salon))
    sent |= {f"choice-{stays.pk}": "stay", f"choice-{open_.pk}": "call"}
    result = rezeption.post(PLAN, sent, follow=True)
    assert "offen: Zeit vereinbaren" in result.text
    assert [one.appointment for one in Callback.objects.all()] == [open_]
    work = rezeption.get(reverse("worklist"))
    (section,) = [one for one in work.context["sections"] if one.work.key == "uncovered"]
    assert [row.pk for row in section.rows] == [open_.pk]
    listed = rezeption.get(section.url).context["cl"].result_list
    assert [row.pk for row in listed] == [open_.pk]
    again = as_shown(rezeption.get(section.rows[0].url))
    assert again[f"choice-{stays.pk}"] == "stay"
    assert again[f"choice-{open_.pk}"].startswith(f"{salon.jonas.pk}/")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"first_day": "2025-11-20"}, "Diese Zeit ist schon vorbei."),
        ({"first_day": "gestern"}, "gültiges Datum"),
        ({"last_day": "2025-11-20"}, "Das Ende muss nach dem Beginn liegen."),
        ({"starts": "15:00", "ends": "10:00"}, "Das Ende muss nach dem Beginn liegen."),
        ({"last_day": "2026-11-24"}, "höchstens einen Monat"),
        ({"staff": "0"}, "gültige Auswahl"),
        ({"staff": "Emma"}, "gültige Auswahl"),
        ({"reason": "x" * 201}, "200"),
    ],
)
def test_what_makes_no_sense_is_said_and_kept(
    salon: Salon, rezeption: Client, facts: dict[str, str], said: str
) -> None:
    page = show(rezeption, salon, **facts)
    assert (page.status_code, said in page.text) == (200, True)
    posted = rezeption.post(PLAN, asked(salon, **facts))
    assert (posted.status_code, said in posted.text) == (200, True)
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    "chosen", ["nonsense", "1/never", "99999999/2025-11-24T10:00:00+00:00", "1/2025-11-24T10:00"]
)
def test_a_place_that_was_never_offered(salon: Salon, rezeption: Client, jana: Customer, chosen: str) -> None:
    mine = book_jana(salon, jana)
    sent = as_shown(show(rezeption, salon)) | {f"choice-{mine.pk}": chosen}
    page = rezeption.post(PLAN, sent)
    assert "nicht anbietet" in page.context["problems"][0]
    assert not Outage.objects.exists()


def test_an_absence_over_appointments_leads_here(salon: Salon, jana: Customer) -> None:
    book_jana(salon, jana)
    owner = member(salon, Role.OWNER)
    url = reverse("admin:appointments_staff_change", args=[salon.emma.pk])
    assert reverse("admin:appointments_staff_plan_outage", args=[salon.emma.pk]) in owner.get(url).text
    inlines = ("working_hours", "absences", "skills", "own_phases")
    counts = {f"{name}-{count}_FORMS": "0" for name in inlines for count in ("INITIAL", "TOTAL")}
    sent = {
        "company": salon.company.pk,
        "branch": salon.branch.pk,
        "name": salon.emma.name,
        "active": "on",
        "follows_branch_hours": "on",
        "offers_all_services": "on",
        **counts,
        "absences-TOTAL_FORMS": "1",
        "absences-0-starts_at_0": "24.11.2025",
        "absences-0-starts_at_1": "09:00",
        "absences-0-ends_at_0": "24.11.2025",
        "absences-0-ends_at_1": "12:00",
        "absences-0-reason": "Arzt",
    }
    saved = owner.post(url, sent, follow=True)
    absence = Absence.objects.get()
    assert f"{PLAN}?absence={absence.pk}" in saved.text
    page = owner.get(PLAN, {"absence": absence.pk})
    assert page.context["form"].away.period == (at(MONDAY, "09:00"), at(MONDAY, "12:00"))
    owner.post(PLAN, as_shown(page))
    assert Absence.objects.count() == 1


def test_a_page_that_was_tampered_with_is_no_fault_of_ours(salon: Salon, rezeption: Client) -> None:
    sent = as_shown(show(rezeption, salon)) | {"token": "x\x00"}
    assert rezeption.post(PLAN, sent).status_code == 302
    assert rezeption.post(PLAN, sent | {"choice-": "call", "seen-": ""}).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.RECEPTIONIST, 200), (Role.STYLIST, 403)],
)
def test_who_may_plan(salon: Salon, jana: Customer, role: Role, status: int) -> None:
    book_jana(salon, jana)
    desk = member(salon, role, staff=salon.emma)
    assert show(desk, salon).status_code == status
    assert desk.post(PLAN, asked(salon)).status_code == status
    assert desk.get(reverse("admin:appointments_outage_changelist")).status_code == status


def test_another_company_does_not_exist(salon: Salon, rezeption: Client, jana: Customer) -> None:
    book_jana(salon, jana)
    other = make_salon(slug="anderswo")
    absence = Absence.objects.create(
        staff=other.emma, starts_at=at(MONDAY, "08:00"), ends_at=at(MONDAY, "20:00")
    )
    assert "gültige Auswahl" in show(rezeption, other).text
    assert rezeption.get(PLAN, {"absence": absence.pk}).status_code == 404
    assert list(rezeption.get(PLAN).context["form"].fields["staff"].queryset) == [salon.emma, salon.jonas]
    rezeption.post(PLAN, as_shown(show(rezeption, salon)))
    stranger = member(other, Role.OWNER)
    url = reverse("admin:appointments_outage_change", args=[Outage.objects.get().pk])
    assert (rezeption.get(url).status_code, stranger.get(url).status_code) == (200, 404)
    mine = Appointment.objects.get()
    sent = as_shown(show(rezeption, salon)) | {
        f"choice-{mine.pk}": f"{other.emma.pk}/{at(MONDAY, '10:00').isoformat()}",
        f"seen-{mine.pk}": str(mine.revision),
    }
    assert "nicht anbietet" in rezeption.post(PLAN, sent).text
    lena = Customer.objects.create(company=other.company, name="Lena Weber")
    theirs = booking.edit(other.book(other.cut, other.jonas, MONDAY, "10:00"), {"customer": lena}, now=NOW)
    told = rezeption.post(PLAN, asked(salon) | {f"choice-{theirs.pk}": "call", f"seen-{theirs.pk}": "1"})
    assert told.context["problems"][0] == "Ein Termin ist nicht mehr betroffen."
    assert "Lena" not in told.text


def test_as_many_queries_for_many_rows_as_for_one(salon: Salon, rezeption: Client, jana: Customer) -> None:
    def queries(url: str, **facts: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert rezeption.get(url, facts).status_code == 200
        return len(seen)

    book_jana(salon, jana, "08:00")
    page = show(rezeption, salon)
    one = queries(PLAN, **asked(salon))
    rezeption.post(PLAN, as_shown(page))
    result = queries(reverse("admin:appointments_outage_change", args=[Outage.objects.get().pk]))
    Absence.objects.all().delete()
    for hour in range(9, 16):
        book_jana(salon, jana, f"{hour:02d}:00")
    assert queries(PLAN, **asked(salon)) == one
    rezeption.post(PLAN, as_shown(show(rezeption, salon)))
    last = Outage.objects.latest("pk")
    assert last.decisions.count() == 7
    assert queries(reverse("admin:appointments_outage_change", args=[last.pk])) == result


def test_the_calendar_follows(calendar: CalendarSalon) -> None:
    """At Cal.com both appointments stand with Jonas afterwards, and nothing is left with Emma."""
    salon = calendar.salon
    appointments = [calendar.cut("10:00"), calendar.cut("12:00")]
    for one in appointments:
        converge(one)
    assert [host for host, _start, _end in calendar.there()] == [101, 101]
    rezeption = member(salon, Role.RECEPTIONIST)
    rezeption.post(PLAN, as_shown(show(rezeption, salon)))
    for one in appointments:
        converge(one)
    assert calendar.there() == [(102, "10:00", "10:55"), (102, "12:00", "12:55")]
    assert Staff.objects.filter(outages__isnull=False).get() == salon.emma
