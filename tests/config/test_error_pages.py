"""What people read where there is no page: German, a way out, and nothing about the inside."""

from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import bad_request, server_error

from tests.admin.test_scoping import Role, member
from tests.salons import make_salon


def test_an_address_without_a_page(db: None) -> None:
    answer = Client().get("/gibt/es/nicht/")
    assert (answer.status_code, "Diese Seite gibt es nicht" in answer.text) == (404, True)
    assert "Zur Startseite" in answer.text


def test_a_page_that_is_not_for_this_login(db: None) -> None:
    salon = make_salon()
    answer = member(salon, Role.STYLIST, staff=salon.emma).get(reverse("admin:appointments_policy_add"))
    assert (answer.status_code, "Diese Seite steht Ihrem Zugang nicht offen" in answer.text) == (403, True)


def test_a_form_whose_cookie_has_gone(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("betrieb"))
    answer = client.post(reverse("admin:logout"))
    assert (answer.status_code, "Es wurde nichts gespeichert" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("view", "status", "title"),
    [(server_error, 500, "Hier ist etwas schiefgegangen"), (bad_request, 400, "nicht gelesen werden")],
)
def test_an_accident_asks_no_database(view: Any, status: int, title: str) -> None:
    facts = [] if view is server_error else [ValueError("secret detail")]
    answer = view(RequestFactory().get("/"), *facts)
    text = answer.content.decode()
    assert (answer.status_code, title in text, "secret detail" in text) == (status, True, False)


def logged_in(monkeypatch: pytest.MonkeyPatch, *, until: Exception) -> Client:
    """Whose login cannot be read any more."""
    client = member(make_salon(), Role.OWNER)
    client.raise_request_exception = False

    def fail(_store: SessionStore) -> None:
        raise until from psycopg.OperationalError()

    monkeypatch.setattr(SessionStore, "load", fail)
    return client


def test_without_a_database_a_page_says_that_it_will_be_back(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by ``make chaos``, seed 4711: the login is read before any view, and that was a 500."""
    answer = logged_in(monkeypatch, until=OperationalError()).get(reverse("admin:index"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Gerade nicht erreichbar" in answer.text


def test_without_a_database_the_api_says_so_in_its_own_form(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = logged_in(monkeypatch, until=OperationalError()).get("/api/v1/appointments/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_what_else_fails_is_an_accident(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = logged_in(monkeypatch, until=RuntimeError()).get(reverse("admin:index"))
    assert (answer.status_code, "Hier ist etwas schiefgegangen" in answer.text) == (500, True)
