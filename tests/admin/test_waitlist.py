"""The waitlist in the admin: entered, found free, booked with one click."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import waitlist
from appointments.access import Role
from appointments.models import Absence, Appointment, Customer, WaitlistEntry
from tests.admin.pages import LIST, change_url, errors, form_of
from tests.admin.test_scoping import member
from tests.appointments.waitlist.test_waitlist import waits
from tests.salons import MONDAY, NOW, Salon, at, make_salon

ADD = reverse("admin:appointments_waitlistentry_add")
FREE = reverse("admin:appointments_waitlistentry_free")


@pytest.fixture
def rezeption(salon: Salon) -> Client:
    return member(salon, Role.RECEPTIONIST)


def typed(salon: Salon, who: Customer, **facts: Any) -> dict[str, Any]:
    return {
        "branch": salon.branch.pk,
        "customer": who.pk,
        "service": salon.cut.pk,
        "staff": "",
        "first_day": "24.11.2025",
        "last_day": "25.11.2025",
        "from_minute": "14:00",
        "until_minute": "18:00",
        "note": "nur nachmittags",
        **facts,
    }


def click(client: Client, entry: WaitlistEntry, clock: str = "10:00", staff: Any = None) -> Any:
    sent = {
        "entry": entry.pk,
        "staff": (staff or entry.branch.staff.first()).pk,
        "start": at(MONDAY, clock).isoformat(),
    }
    return client.post(FREE, sent, follow=True)


def test_entered_found_and_booked(salon: Salon, rezeption: Client, jana: Customer) -> None:
    rezeption.post(ADD, typed(salon, jana))
    entry = WaitlistEntry.objects.get()
    assert (entry.company, entry.created_at, entry.created_by.username[:12]) == (
        salon.company,
        NOW,
        "receptionist",
    )
    page = rezeption.get(FREE)
    assert "Mo, 24. Nov., 14:00, Emma buchen" in page.text
    assert "+49 30 900101" in page.text
    answer = click(rezeption, entry, "14:00", salon.emma)
    assert "Bitte anrufen" in answer.text
    appointment = Appointment.objects.get()
    assert (appointment.customer, appointment.notes) == (jana, "nur nachmittags")
    again = click(rezeption, entry, "14:00", salon.emma)
    assert "bereits von der Warteliste gebucht" in again.text
    assert Appointment.objects.count() == 1


def test_somebody_was_faster_and_it_is_said(salon: Salon, rezeption: Client) -> None:
    entry = waits(salon)
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    answer = click(rezeption, entry, "10:00", salon.emma)
    assert "Emma Keller ist am Mo, 24. Nov. von 10:00 bis 10:55 Uhr belegt" in answer.text
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"last_day": "20.11.2025", "first_day": "20.11.2025"}, "Dieser Tag ist schon vorbei."),
        ({"last_day": "23.11.2025"}, "Der letzte Tag darf nicht vor dem ersten liegen."),
        ({"from_minute": "18:00"}, "Das Ende muss nach dem Beginn liegen."),
        ({"from_minute": "25:00"}, "HH:MM"),
        ({"customer": "0"}, "gültige Auswahl"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_is_kept(
    salon: Salon, rezeption: Client, jana: Customer, facts: dict[str, str], said: str
) -> None:
    page = rezeption.post(ADD, typed(salon, jana, **facts))
    assert any(said in error for error in errors(page))
    assert "nur nachmittags" in page.text
    assert not WaitlistEntry.objects.exists()


def test_whoever_cancels_or_moves_hears_who_fits(salon: Salon, rezeption: Client, jana: Customer) -> None:
    Absence.objects.create(
        staff=salon.jonas, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY, "00:00") + timedelta(days=1)
    )
    for name in ("Lena", "Ida"):
        waits(salon, name, from_minute=10 * 60, until_minute=11 * 60)
    first = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    answer = rezeption.post(LIST, {"action": "cancel_selected", "_selected_action": [first.pk]}, follow=True)
    assert "2 von der Warteliste passen in die freie Zeit" in answer.text
    assert FREE in answer.text
    second = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    moved = form_of(rezeption, change_url(second)) | {"starts_at_1": "15:00"}
    assert "2 von der Warteliste passen" in rezeption.post(change_url(second), moved, follow=True).text


def test_what_is_free_is_counted_and_listed(salon: Salon, rezeption: Client) -> None:
    waits(salon)
    waitlist.refresh(salon.branch, now=NOW)
    page = rezeption.get(reverse("worklist"))
    (section,) = page.context["sections"]
    assert (section.waiting, "Warteliste: jetzt frei" in page.text) == ("1", True)
    assert section.rows[0].url.startswith(FREE)


def test_settled_is_history(salon: Salon, rezeption: Client) -> None:
    entry = waits(salon)
    listed = reverse("admin:appointments_waitlistentry_changelist")
    sent = {"action": "withdraw_selected", "_selected_action": [entry.pk]}
    assert "1 Eintrag geändert" in rezeption.post(listed, sent, follow=True).text
    page = rezeption.get(reverse("admin:appointments_waitlistentry_change", args=[entry.pk]))
    assert page.context["has_change_permission"] is False
    assert "Nichts ist" not in rezeption.get(listed).text


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.RECEPTIONIST, 200), (Role.STYLIST, 403)],
)
def test_who_may(salon: Salon, role: Role, status: int) -> None:
    entry = waits(salon)
    desk = member(salon, role, staff=salon.emma)
    assert desk.get(FREE).status_code == status
    assert click(desk, entry).status_code == status
    assert desk.get(ADD).status_code == status


def test_another_company_does_not_exist(salon: Salon, rezeption: Client) -> None:
    other = make_salon(slug="anderswo")
    theirs, mine = waits(other, "Fremde"), waits(salon)
    page = rezeption.get(FREE)
    assert [entry for entry, *_facts in page.context["matches"]] == [mine]
    assert click(rezeption, theirs).status_code == 404
    assert click(rezeption, mine, staff=other.emma).status_code == 404
    asked = {
        "app_label": "appointments",
        "model_name": "waitlistentry",
        "field_name": "customer",
        "term": "Fremde",
    }
    assert rezeption.get(reverse("admin:autocomplete"), asked).json()["results"] == []
    refused = rezeption.post(ADD, typed(salon, theirs.customer))
    assert any("gültige Auswahl" in error for error in errors(refused))


@pytest.mark.parametrize("sent", [{}, {"entry": "x"}, {"entry": "1", "staff": "1", "start": "morgen"}])
def test_nonsense_is_not_found(rezeption: Client, sent: dict[str, str]) -> None:
    assert rezeption.post(FREE, sent).status_code == 404


def test_as_many_queries_for_many_rows_as_for_one(salon: Salon, rezeption: Client) -> None:
    listed = reverse("admin:appointments_waitlistentry_changelist")

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert rezeption.get(url).status_code == 200
        return len(seen)

    waits(salon)
    rezeption.get(FREE)
    few = [queries(url) for url in (FREE, listed)]
    for number in range(9):
        waits(salon, f"Kundin {number}", staff=salon.emma, service=salon.perm)
    assert [queries(url) for url in (FREE, listed)] == few
