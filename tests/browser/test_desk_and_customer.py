"""What waits for a person, and the page that a customer opens on a telephone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments import booking
from appointments.access import Role
from appointments.models import Customer
from appointments.models.appointment import Source, Status
from calls.models import Call, Callback
from integrations.messaging import tokens
from tests.admin.test_scoping import member
from tests.salons import at, make_salon

pytestmark = pytest.mark.django_db(transaction=True)
TELEPHONE = {"width": 390, "height": 844}


def test_a_callback_is_done_with_one_click(open_page: Callable[..., Page]) -> None:
    salon, now = make_salon(), timezone.now()
    call = Call.objects.create(company=salon.company, branch=salon.branch, call_id="call_1", started_at=now)
    callback = Callback.objects.create(
        company=salon.company, branch=salon.branch, call=call, name="Jana Probst", created_at=now, due_at=now
    )
    page = open_page(member(salon, Role.RECEPTIONIST))
    page.goto("/admin/worklist/")
    row = page.get_by_role("row").filter(has_text="Jana Probst")
    row.get_by_role("button", name="Erledigt").click()
    expect(row).to_have_count(0)
    callback.refresh_from_db()
    assert callback.done_at is not None


def test_a_customer_moves_and_cancels_on_the_telephone(open_page: Callable[..., Page]) -> None:
    salon, today = make_salon(), timezone.localdate()
    day = today + timedelta(days=14 - today.weekday())
    appointment = booking.book(
        salon.request(salon.cut, salon.emma, now=timezone.now()),
        start=at(day, "13:00"),
        visit=booking.Visit(
            source=Source.PHONE,
            customer=Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250"),
        ),
    )
    page = open_page(viewport=TELEPHONE, has_touch=True, color_scheme="dark")
    address = f"/termin/{tokens.sign(appointment.pk)}/"
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Verschieben").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Termin verschieben")
    page.goto(f"{address}verschieben/?day={day.isoformat()}")
    page.get_by_role("button", name="15:00").first.tap()
    expect(page.get_by_role("status")).to_contain_text("Ihr Termin ist verschoben.")
    page.get_by_role("link", name="Absagen").tap()
    page.get_by_role("button", name="Ja, absagen").tap()
    expect(page.get_by_role("heading")).to_have_text("Dieser Termin ist abgesagt")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.starts_at) == (Status.CANCELLED, at(day, "15:00"))
