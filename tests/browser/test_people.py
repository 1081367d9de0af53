"""The page of a call, and two customers who are one, in a browser."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.access import Role
from appointments.models import Customer
from calls.models import Call, FunctionCall, Transcript
from tests.admin.test_scoping import member
from tests.browser.conftest import TABLET
from tests.salons import make_salon

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_customers_become_one(open_page: Callable[..., Page]) -> None:
    salon = make_salon()
    jana, double = (
        Customer.objects.create(company=salon.company, name=name, phone=phone)
        for name, phone in (("Jana Probst", "+4930231250"), ("Jana Propst", "+4930231251"))
    )
    page = open_page(member(salon, Role.RECEPTIONIST), viewport=TABLET)
    page.goto(reverse("admin:appointments_customer_change", args=[double.pk]))
    page.get_by_role("link", name="Mit anderem Kunden zusammenführen").click()
    page.get_by_label("Name, Telefonnummer oder E-Mail-Adresse").fill("030 231250")
    page.locator("main, #main").first.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Vergleichen und zusammenführen").click()
    page.get_by_label("Jana Probst bleibt").check()
    page.get_by_role("button", name="Zusammenführen").click()
    expect(page.get_by_text("+49 30 231251")).to_be_visible()
    assert list(Customer.objects.all()) == [jana]


def test_a_call_shows_what_was_said_beside_what_was_answered(open_page: Callable[..., Page]) -> None:
    salon, now = make_salon(), timezone.now()
    call = Call.objects.create(company=salon.company, branch=salon.branch, call_id="call_1", started_at=now)
    said = [
        {"role": "user", "text": "Ist Montag um drei frei?", "start_ms": 0, "end_ms": 900},
        {"role": "agent", "text": "Ja, das ist frei.", "start_ms": 2000, "end_ms": 2900},
    ]
    Transcript.objects.create(call=call, segments=said)
    FunctionCall.objects.create(
        call=call,
        name="check_availability",
        status="available",
        args={"uhrzeit": "drei"},
        milliseconds=42,
        created_at=now,
    )
    client = Client()
    client.force_login(User.objects.create_superuser("desk"))
    page = open_page(client, viewport=TABLET)
    page.goto(reverse("admin:calls_call_change", args=[call.pk]))
    expect(page.get_by_text("Ist Montag um drei frei?")).to_be_visible()
    expect(page.get_by_text("42 ms").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
