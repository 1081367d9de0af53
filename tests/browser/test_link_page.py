"""The page behind the link in a message, on a telephone in one hand: everything it can do, and what it says
when it can do nothing any more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from appointments import booking
from appointments.models import Appointment, Customer, WaitlistEntry
from appointments.models.appointment import Source, Status
from appointments.waitlist import offering
from integrations.messaging import offers, stopping, tokens
from integrations.models import Message, MessageKind, Messaging
from tests.browser.test_accessibility import faults
from tests.salons import at, make_salon

pytestmark = pytest.mark.django_db(transaction=True)
TELEPHONE = {"width": 390, "height": 844}


@pytest.fixture
def appointment(db: None) -> Appointment:
    """On the Monday after next, at one."""
    salon, today = make_salon(), timezone.localdate()
    return booking.book(
        salon.request(salon.cut, salon.emma, now=timezone.now()),
        start=at(today + timedelta(days=14 - today.weekday()), "13:00"),
        visit=booking.Visit(
            source=Source.PHONE,
            customer=Customer.objects.create(
                company=salon.company, name="Jana Probst", email="jana@probst.example"
            ),
        ),
    )


def misfits(page: Page) -> list[str]:
    """What is too small for a finger, and whether anything is wider than the telephone."""
    page.wait_for_load_state()  # with its style
    small: list[str] = page.locator("button, .button").evaluate_all(
        "all => all.map(one => [one.textContent.trim(), one.getBoundingClientRect().height])"
        ".filter(([_text, height]) => height < 43.5).map(one => one.join(': '))"
    )
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*small, f"{wide} too wide"] if wide > 0 else small


def seen(page: Page) -> list[str]:
    """What is wrong with it, in the light and in the dark."""
    found = misfits(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += faults(page, scheme)
    return found


def test_see_confirm_keep_move_and_cancel(appointment: Appointment, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=TELEPHONE, has_touch=True, reduced_motion="reduce")
    heading, said = page.get_by_role("heading", level=1), page.get_by_role("status")
    found: dict[str, list[str]] = {}

    def looked_at(name: str) -> None:
        found[name] = seen(page)

    page.goto(f"/termin/{tokens.sign(appointment.pk)}/")
    expect(heading).to_have_text("Ihr Termin")
    looked_at("see")

    page.get_by_role("button", name="Ich komme").tap()
    expect(heading).to_have_text("Ihr Termin, von Ihnen bestätigt")
    expect(said).to_contain_text("wir erwarten Sie")
    looked_at("confirmed")

    with page.expect_download() as download:
        page.get_by_role("link", name="In meinen Kalender").tap()
    (event,) = Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    assert (download.value.suggested_filename, event["DTSTART"].dt) == ("termin.ics", appointment.starts_at)

    page.get_by_role("link", name="Verschieben").tap()
    expect(heading).to_have_text("Termin verschieben")
    page.get_by_role("link", name="Später").tap()
    expect(page.get_by_role("link", name="Früher")).to_be_visible()
    day = timezone.localdate(appointment.starts_at)
    page.goto(f"/termin/{tokens.sign(appointment.pk)}/verschieben/?day={day}")
    looked_at("move")
    page.locator(f"button[value^='{day}T15:00']").tap()
    expect(said).to_contain_text("Ihr Termin ist verschoben.")

    page.get_by_role("link", name="Absagen").tap()
    expect(heading).to_have_text("Diesen Termin absagen?")
    looked_at("cancel")
    page.get_by_role("button", name="Ja, absagen").tap()
    expect(heading).to_have_text("Dieser Termin ist abgesagt")
    looked_at("cancelled")
    assert {name: each for name, each in found.items() if each} == {}
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED

    # Somebody opens the old message once more: there is nothing left to tap.
    page.goto(f"/termin/{tokens.sign(appointment.pk)}/")
    expect(heading).to_have_text("Dieser Termin ist abgesagt")
    expect(page.get_by_role("button")).to_have_count(0)


def test_an_offer_is_taken_and_the_last_message_was_the_last(
    appointment: Appointment, open_page: Callable[..., Page]
) -> None:
    Messaging.objects.create(branch=appointment.branch)
    day = timezone.localdate(appointment.starts_at)
    entry = WaitlistEntry.objects.create(
        company=appointment.company,
        branch=appointment.branch,
        customer=appointment.customer,
        service=appointment.service,
        first_day=day,
        last_day=day,
        created_at=timezone.now(),
    )
    offer = offers.Offer(entry, appointment.staff, at(day, "15:00"))
    assert offering.offer(entry, staff=offer.staff, start=offer.start, now=timezone.now())
    page = open_page(viewport=TELEPHONE, has_touch=True, reduced_motion="reduce")
    heading = page.get_by_role("heading", level=1)

    page.goto(urlsplit(offers.link_to(offer)).path)
    expect(heading).to_have_text("Frei für Sie")
    expect(page.get_by_text("um 15:00 Uhr")).to_be_visible()
    assert seen(page) == []
    page.get_by_role("button", name="Ja, buchen").tap()
    expect(page.get_by_role("status")).to_contain_text("Der Termin gehört Ihnen.")
    assert Appointment.objects.filter(starts_at=offer.start, customer=appointment.customer).count() == 1

    page.goto(urlsplit(stopping.stop_link(Message.objects.get(kind=MessageKind.OFFER))).path)
    expect(heading).to_have_text("Keine E-Mails mehr?")
    assert seen(page) == []
    page.get_by_role("button", name="Keine E-Mails mehr").tap()
    expect(heading).to_have_text("Sie erhalten keine E-Mails von uns")
    assert seen(page) == []
    page.get_by_role("button", name="Schreiben Sie mir wieder").tap()
    expect(heading).to_have_text("Keine E-Mails mehr?")


def test_a_link_that_has_expired(appointment: Appointment, browser: Browser, live_server: Any) -> None:
    with time_machine.travel(timezone.now() - tokens.LASTS - timedelta(days=1)):
        old = tokens.sign(appointment.pk)
    context = browser.new_context(base_url=live_server.url, viewport=TELEPHONE)
    page = context.new_page()
    answer = page.goto(f"/termin/{old}/")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading")).to_have_text("Dieser Link gilt nicht mehr")
    expect(page.get_by_text("Jana")).to_have_count(0)
    assert misfits(page) == []
    assert faults(page, "light") == []
    context.close()
