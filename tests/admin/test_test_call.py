"""The page "Test call": staff type, the phone answers, and what was booked can be cancelled again."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from appointments.access import Role
from appointments.models import Appointment, Company, Membership
from calls.events.processing import process_due
from calls.models import Call
from tests.calls.phone import booked
from tests.salons import MONDAY, Salon

URL = reverse("admin:calls_call_test_call")


def page(client: Client, **data: str) -> str:
    response = client.post(URL, data, follow=True) if data else client.get(URL)
    assert response.status_code == 200
    return str(response.content.decode())


def start(desk: Client, salon: Salon, caller: str = "own") -> str:
    return page(desk, action="start", branch=str(salon.branch.pk), caller=caller)


def with_permissions(*names: str) -> Client:
    user = User.objects.create_user("trainee", password="trainee", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    Membership.objects.create(user=user, company=Company.objects.get(), role=Role.RECEPTIONIST)
    client = Client()
    client.force_login(user)
    return client


def test_a_booking_is_typed_shown_and_cancelled_again(salon: Salon, desk: Client) -> None:
    assert "echter Termin" in page(desk)
    assert "Was kann ich für Sie tun?" in start(desk, salon)

    text = page(desk, action="say", words="Einen Herrenhaarschnitt am Montag um zehn Uhr bitte")
    assert "check_availability" in text
    assert "datum: am Montag, uhrzeit: um zehn Uhr" in text
    assert re.search(r"<strong>available</strong>, \d+ ms", text)
    page(desk, action="say", words="Ja")
    text = page(desk, action="say", words="Jana Müller")

    assert "Ihr Termin ist gebucht" in text
    assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]
    assert "1 Testtermin storniert." in page(desk, action="cancel")
    assert booked() == []
    assert "Testtermine wieder stornieren" not in page(desk)


def test_only_what_test_calls_have_booked_is_cancelled(salon: Salon, desk: Client) -> None:
    theirs = salon.book(salon.cut, salon.jonas, MONDAY, "12:00")
    start(desk, salon)

    page(desk, action="cancel")

    assert list(Appointment.objects.blocking()) == [theirs]


def test_the_call_is_marked_and_comes_to_an_end(salon: Salon, desk: Client) -> None:
    start(desk, salon)
    page(desk, action="say", words="Was bieten Sie an?")
    text = page(desk, action="say", words="Danke, auf Wiederhören")
    process_due(now=timezone.now())

    call = Call.objects.get()
    assert (call.is_test, call.has_ended) == (True, True)
    assert "Der Anruf ist beendet." in text
    assert desk.get(reverse("admin:calls_call_changelist"), {"test": "no"}).context["cl"].result_count == 0
    assert desk.get(reverse("admin:calls_call_changelist"), {"test": "yes"}).context["cl"].result_count == 1
    assert "Angerufene Filiale" in page(desk, action="hang_up")


def test_the_same_person_calls_from_the_same_number(salon: Salon, desk: Client) -> None:
    start(desk, salon)
    for words in ("Herrenhaarschnitt Montag zehn Uhr", "Ja", "Jana Müller"):
        page(desk, action="say", words=words)
    page(desk, action="hang_up")

    assert "Guten Tag, Jana." in start(desk, salon)


def test_a_hidden_number(salon: Salon, desk: Client) -> None:
    start(desk, salon, caller="hidden")
    page(desk, action="say", words="Ich möchte meinen Termin absagen")

    assert Call.objects.get().caller is None


@pytest.mark.parametrize("words", ["", "   ", "<script>alert(1)</script>", "ä" * 5000, "\x00"])
def test_whatever_is_typed(words: str, salon: Salon, desk: Client) -> None:
    start(desk, salon)

    text = page(desk, action="say", words=words)

    assert "<script>alert" not in text


@pytest.mark.parametrize(
    "data",
    [
        {"action": "say", "words": "Hallo"},
        {"action": "hang_up"},
        {"action": "x"},
        {"action": "start", "branch": "0"},
    ],
)
def test_what_does_not_fit_does_nothing(data: dict[str, str], salon: Salon, desk: Client) -> None:
    assert "Angerufene Filiale" in page(desk, **data)
    assert not Call.objects.exists()


@pytest.mark.usefixtures("bare_roles")
def test_who_may(salon: Salon) -> None:
    """Incident J19: the page checks for itself."""
    assert with_permissions("view_call").get(URL).status_code == 403
    User.objects.all().delete()
    assert with_permissions("add_call").get(URL).status_code == 403
    User.objects.all().delete()
    trainee = with_permissions("view_call", "add_call")
    assert trainee.get(URL).status_code == 200
    assert Client().get(URL).status_code == 302


@pytest.mark.usefixtures("bare_roles")
def test_cancelling_needs_the_right_to_change_appointments(salon: Salon) -> None:
    trainee = with_permissions("view_call", "add_call")
    start(trainee, salon)
    for words in ("Herrenhaarschnitt Montag zehn Uhr", "Ja", "Jana Müller"):
        page(trainee, action="say", words=words)

    assert "Testtermine wieder stornieren" not in page(trainee, action="cancel")
    assert len(booked()) == 1


def test_without_a_key(salon: Salon, desk: Client, settings: Settings) -> None:
    settings.RETELL_API_KEYS = []

    assert "RETELL_API_KEYS" in page(desk)
    assert "RETELL_API_KEYS" in start(desk, salon)


def test_no_script_stands_in_the_page(salon: Salon, desk: Client) -> None:
    text = start(desk, salon)
    ours = text[text.index('class="flex flex-col gap-4 max-w-5xl"') :]

    assert "<script" not in ours.split("</form>")[0]
    assert "onclick" not in ours
