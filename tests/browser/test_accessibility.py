"""Whoever does not see the page, or not well, can work with it: axe finds nothing serious on the main pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments import booking
from appointments.models import Customer
from appointments.models.appointment import Source
from calls.models import Call, Transcript
from tests.salons import Salon, at, make_salon

pytestmark = pytest.mark.django_db(transaction=True)
GRAVE = ("serious", "critical")
# What axe takes for a fault and is none, by rule, each with its reason. None so far.
KNOWN: dict[str, str] = {}


@pytest.fixture
def salon() -> Salon:
    return make_salon()


def pages(salon: Salon) -> dict[str, str]:
    """Something to see on each of them: a perm and a cut in its gap today, and a call about it."""
    now = timezone.now()
    day = timezone.localdate() + timedelta(days=14 - timezone.localdate().weekday())
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250")
    perm, _cut = (
        booking.book(
            salon.request(service, staff, now=now),
            start=at(day, clock),
            visit=booking.Visit(source=Source.PHONE, customer=jana),
        )
        for service, staff, clock in ((salon.perm, salon.emma, "10:00"), (salon.cut, salon.jonas, "14:00"))
    )
    call = Call.objects.create(
        company=salon.company, branch=salon.branch, call_id="call_1", customer=jana, started_at=now
    )
    said = {"role": "user", "text": "Guten Tag", "start_ms": 0, "end_ms": 900}
    Transcript.objects.create(call=call, segments=[said])
    names = {
        "work list": reverse("worklist"),
        "dashboard": reverse("dashboard"),
        "appointments": f"{reverse('admin:appointments_appointment_changelist')}?when=all",
        "new appointment": reverse("admin:appointments_appointment_add"),
        "appointment": reverse("admin:appointments_appointment_change", args=[perm.pk]),
        "customer": reverse("admin:appointments_customer_change", args=[jana.pk]),
        "call": reverse("admin:calls_call_change", args=[call.pk]),
        "integrity": reverse("admin:appointments_integrityreport_morning"),
        "import": reverse("admin:appointments_import_add"),
    }
    return {"planner": f"{reverse('planner')}?day={day}", **names}


def faults(page: Page, scheme: str) -> list[str]:
    """Rule and element of everything grave, with what axe says about it. In the dark only colours differ."""
    only = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in GRAVE and rule["id"] not in KNOWN
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_grave_on_the_main_pages(
    salon: Salon, open_page: Callable[..., Page], scheme: str, admin_user: User
) -> None:
    desk = Client()
    desk.force_login(admin_user)
    looks = {"color_scheme": scheme, "reduced_motion": "reduce"}
    page, found = open_page(desk, **looks), {}
    for name, url in pages(salon).items():
        page.goto(url)
        page.wait_for_load_state("load")
        found[name] = faults(page, scheme)
    login = open_page(None, **looks)
    login.goto(reverse("admin:login"))
    found["login"] = faults(login, scheme)
    assert {name: each for name, each in found.items() if each} == {}


def test_the_language_is_chosen_by_keyboard(
    salon: Salon, open_page: Callable[..., Page], admin_user: User
) -> None:
    desk = Client()
    desk.force_login(admin_user)
    page = open_page(desk)
    page.goto(reverse("worklist"))
    page.locator("button[aria-controls=user-links]").focus()
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="English")
    choice.focus()
    page.keyboard.press("Enter")
    # The address stays the same, so it tells nothing.
    expect(page.locator("html")).to_have_attribute("lang", "en")
