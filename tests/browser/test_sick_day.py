"""A stylist is ill, and somebody has waited for the time: as the counter sees it, with a real mouse."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments import booking, waitlist
from appointments.access import Role
from appointments.models import Absence, Appointment, Customer, WaitlistEntry
from appointments.models.appointment import Source
from calls.models import Callback
from tests.admin.test_scoping import member
from tests.browser.conftest import TABLET
from tests.salons import Salon, at, make_salon

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]


@pytest.fixture
def salon() -> Salon:
    return make_salon()


@pytest.fixture
def desk(salon: Salon) -> Client:
    return member(salon, Role.RECEPTIONIST)


@pytest.fixture
def day() -> date:
    """A Monday to come: the browser has the real clock."""
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


def visit(salon: Salon, day: date, clock: str, name: str) -> Appointment:
    jana = Customer.objects.create(company=salon.company, name=name, phone=f"+49302312{5000 + len(name)}")
    return booking.book(
        salon.request(salon.cut, salon.emma, now=timezone.now()),
        start=at(day, clock),
        visit=booking.Visit(source=Source.STAFF, customer=jana),
    )


def test_a_sick_day_is_planned_at_the_counter(salon: Salon, desk: Client, day: date, open_page: Open) -> None:
    """From the navigation to the list of calls; on the tablet, in the dark."""
    first, second = visit(salon, day, "10:00", "Jana Probst"), visit(salon, day, "11:00", "Lena Weber")
    page = open_page(desk, viewport=TABLET, color_scheme="dark")
    page.goto("/admin/appointments/outage/plan/")
    page.get_by_label("Wer", exact=True).select_option(label="Emma Keller")
    page.get_by_label("Von", exact=True).fill(day.isoformat())
    page.get_by_role("button", name="Vorschlag zeigen").click()
    expect(page.get_by_text("2 Termine sind betroffen; für 2 gibt es einen Platz.")).to_be_visible()
    page.get_by_label("Was wird aus: Herrenhaarschnitt, Lena Weber").select_option("call")
    page.get_by_role("button", name="Übernehmen und Anrufliste erstellen").click()
    expect(page.get_by_text("Der Ausfall ist geplant.")).to_be_visible()
    expect(page.get_by_role("row", name="Jana Probst")).to_contain_text("Jonas Brandt")
    expect(page.get_by_role("row", name="Lena Weber")).to_contain_text("offen: Zeit vereinbaren")
    expect(page.get_by_role("button", name="Drucken")).to_be_visible()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.staff, second.staff) == (salon.jonas, salon.emma)
    assert (Absence.objects.count(), Callback.objects.count()) == (1, 2)


def test_one_click_books_who_has_waited(salon: Salon, desk: Client, day: date, open_page: Open) -> None:
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250")
    entry = WaitlistEntry(
        company=salon.company,
        branch=salon.branch,
        customer=jana,
        service=salon.cut,
        staff=salon.emma,
        first_day=day,
        last_day=day,
        from_minute=14 * 60,
        until_minute=16 * 60,
    )
    waitlist.add(entry, by=None, now=timezone.now())
    page = open_page(desk)
    page.goto("/admin/appointments/waitlistentry/free/")
    page.get_by_role("button", name="14:00, Emma buchen").click()
    expect(page.get_by_text("Jana Probst ist eingetragen")).to_be_visible()
    expect(page.get_by_text("Für die Wartenden ist im Moment nichts frei.")).to_be_visible()
    assert Appointment.objects.get().customer == jana
