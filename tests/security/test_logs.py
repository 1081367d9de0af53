"""No secret stands in a log: whoever reads one could go in by it. Persons: ``tests/config/test_logs.py``."""

import json
import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client

from appointments import booking
from appointments.models import ApiToken, Customer
from config.secrets_in_logs import HideSecrets
from integrations.messaging import tokens
from tests.calls.phone import post
from tests.salons import MONDAY, NOW, Salon


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """As the handler of the settings shows it, down to the smallest line."""
    caplog.handler.addFilter(HideSecrets())
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_customers_link_is_hidden(salon: Salon, jana: Customer, log: pytest.LogCaptureFixture) -> None:
    """A good one stands in a line when its form was forged, a wrong one when it was not found."""
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booking.edit(booked, {"customer": jana}, now=NOW)
    token = tokens.sign(booked.pk)
    assert Client(enforce_csrf_checks=True).post(f"/termin/{token}/absagen/").status_code == 403
    assert Client().get(f"/termin/{token}x/").status_code == 404
    assert "/termin/[secret]/absagen/" in log.text
    assert token not in log.text


def test_passwords_keys_and_signatures_are_in_no_line(salon: Salon, log: pytest.LogCaptureFixture) -> None:
    User.objects.create_user("emma", password="Kamm-und-Schere-7", is_staff=True)
    for password in ("Falsches-Wort-8", "Kamm-und-Schere-7"):
        Client().post("/admin/login/", {"username": "emma", "password": password})
    key = ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)[1]
    for each in (key, "tf_geheimer-versuch"):
        Client().get("/api/v1/services/", headers={"authorization": f"Bearer {each}"})
        Client().get("/metrics", headers={"authorization": f"Bearer {each}"})
    post(json.dumps({"name": "list_services"}).encode(), **{"X-Retell-Signature": "v=1,d=" + "ab" * 32})
    shown = [
        word
        for word in ("Falsches-Wort", "Kamm-und", key, "geheimer-versuch", "abababab")
        if word in log.text
    ]
    assert shown == []
