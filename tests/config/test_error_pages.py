"""What people read where there is no page: German, a way out, and nothing about the inside."""

from typing import Any

import pytest
from django.contrib.auth.models import User
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
