"""Whoever guesses passwords is stopped; whoever mistypes once is not."""

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

LOGIN = reverse("admin:login")


def log_in(client: Client, password: str) -> int:
    page = client.post(LOGIN, {"username": "emma", "password": password, "next": "/admin/"})
    return page.status_code


@pytest.fixture
def client_of_emma(db: None) -> Client:
    User.objects.create_user("emma", password="right", is_staff=True)
    return Client()


def test_after_five_wrong_passwords_the_right_one_does_not_help_either(client_of_emma: Client) -> None:
    with time_machine.travel("2026-11-27 10:00+00:00") as clock:
        assert [log_in(client_of_emma, "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
        assert log_in(client_of_emma, "right") == 429
        clock.shift(16 * 60)
        assert log_in(client_of_emma, "right") == 302


def test_the_refusal_is_a_german_sentence(client_of_emma: Client) -> None:
    for _ in range(5):
        log_in(client_of_emma, "wrong")
    page = client_of_emma.post(LOGIN, {"username": "emma", "password": "right"})
    assert "Zu viele falsche Passwörter." in page.content.decode()


def test_a_success_forgets_the_failures(client_of_emma: Client) -> None:
    for _ in range(3):
        assert [log_in(client_of_emma, "wrong") for _ in range(4)] == [200] * 4
        assert log_in(client_of_emma, "right") == 302
        client_of_emma.logout()
