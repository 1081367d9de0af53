"""The planner as it is used: with a mouse, a finger, a keyboard, and while the telephone rings."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from appointments import booking
from appointments.access import Role
from appointments.audit import Channel, acting
from appointments.models import Appointment, Customer
from appointments.models.appointment import Source, Status
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


@pytest.fixture
def jana(salon: Salon) -> Customer:
    return Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250")


def visit(salon: Salon, day: date, clock: str, customer: Customer | None = None, **facts: Any) -> Appointment:
    return booking.book(
        salon.request(facts.get("service", salon.cut), facts.get("staff", salon.emma), now=timezone.now()),
        start=at(day, clock),
        visit=booking.Visit(source=Source.STAFF, customer=customer),
    )


def show(page: Page, day: date) -> Page:
    page.goto(f"/admin/planner/?day={day.isoformat()}")
    expect(page.locator(".ec-main").first).to_be_visible()
    return page


def block(page: Page, appointment: Appointment, run: int = 0) -> Locator:
    return page.locator(f'.ec-event[data-appointment="{appointment.pk}"][data-run="{run}"]')


def spot(page: Page, column: int, clock: str) -> tuple[float, float]:
    """Where a time stands on the screen: columns from the left, hours from 8 to 20."""
    box = page.locator(".ec-main .ec-day").nth(column).bounding_box() or {}
    hours = int(clock[:2]) + int(clock[3:]) / 60 - 8
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * hours / 12 + 2


def bring_into_view(block: Locator) -> None:
    """The grid may be drawing it anew at this moment; whoever waits for it to stand still holds the old one."""
    block.evaluate("block => block.scrollIntoView({ block: 'nearest' })")


def drag(page: Page, block: Locator, to: tuple[float, float]) -> None:
    bring_into_view(block)
    box = block.bounding_box() or {}
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(to[0], to[1] - 20, steps=4)
    page.mouse.move(*to, steps=4)
    page.mouse.up()


def drag_by_finger(page: Page, block: Locator, to: tuple[float, float]) -> None:
    """Held until the grid takes it, as a short touch is a look; no finger of Playwright's moves, so Chromium's does."""
    bring_into_view(block)
    box = block.bounding_box() or {}
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    begin = (box["x"] + box["width"] / 2, box["y"] + 2)
    touch("touchStart", begin)
    expect(page.locator(".ec-ghost, .ec-preview, .ec-dragging").first).to_be_attached()
    for step in range(1, 6):
        touch("touchMove", tuple(a + (b - a) * step / 5 for a, b in zip(begin, to, strict=True)))
    touch("touchEnd")


def stored(appointment: Appointment) -> tuple[Any, Any]:
    appointment.refresh_from_db()
    return appointment.starts_at, appointment.staff


def test_a_block_is_dragged_to_another_time_and_stylist_and_taken_back(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    appointment = visit(salon, day, "10:00", jana)
    page = show(open_page(desk), day)
    drag(page, block(page, appointment), spot(page, 1, "11:00"))
    expect(page.get_by_role("status")).to_contain_text("Jana Probst: verschoben auf 11:00, Jonas Brandt.")
    assert stored(appointment) == (at(day, "11:00"), salon.jonas)

    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_role("status")).to_contain_text("verschoben auf 10:00, Emma Keller.")
    assert stored(appointment) == (at(day, "10:00"), salon.emma)


def test_a_compound_appointment_moves_as_a_whole_and_its_gap_is_free(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    perm = visit(salon, day, "10:00", jana, service=salon.perm)
    page = show(open_page(desk), day)
    expect(page.locator(".board-gap")).to_have_count(2)
    expect(block(page, perm, 2)).to_be_visible()
    drag(page, block(page, perm, 1), spot(page, 0, "13:05"))  # its second run, from 11:05
    expect(page.get_by_role("status")).to_contain_text("verschoben auf 12:00")
    assert stored(perm)[0] == at(day, "12:00")


def test_a_refused_drag_says_why_and_offers_what_is_free(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    appointment = visit(salon, day, "10:00", jana)
    visit(salon, day, "12:00", Customer.objects.create(company=salon.company, name="Tom Keller"))
    page = show(open_page(desk), day)
    drag(page, block(page, appointment), spot(page, 0, "12:30"))
    refusal = page.get_by_role("alertdialog")
    expect(refusal).to_contain_text("Herrenhaarschnitt, Tom Keller.")
    expect(block(page, appointment)).to_contain_text("10:00–10:55")
    assert stored(appointment)[0] == at(day, "10:00")

    refusal.locator(".planner-offers button").first.click()
    expect(page.get_by_role("status")).to_contain_text("verschoben auf")
    assert stored(appointment)[0] != at(day, "10:00")


def test_who_lost_the_race_is_told_who_was_faster(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    appointment = visit(salon, day, "10:00", jana)
    page = show(open_page(desk), day)
    page.route(
        "**/planner/feed/**", lambda route: route.fulfill(status=304)
    )  # this screen has not heard of it yet
    with acting(Channel.PHONE, "call_1"):
        booking.reschedule(appointment, booking.Move(start=at(day, "16:00")), now=timezone.now())
    drag(page, block(page, appointment), spot(page, 0, "11:00"))
    expect(page.get_by_role("alertdialog")).to_contain_text("Am Telefon, um")
    assert stored(appointment)[0] == at(day, "16:00")
    page.unroute("**/planner/feed/**")
    expect(block(page, appointment)).to_contain_text("16:00–16:55")


def test_an_empty_place_is_booked_for_a_known_customer(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    page = show(open_page(desk), day)
    page.mouse.click(*spot(page, 0, "14:00"))
    form = page.get_by_role("dialog")
    expect(form).to_contain_text("14:00, Emma Keller")
    form.get_by_label("Leistung").select_option("Herrenhaarschnitt")
    form.get_by_label("Kundin oder Kunde").fill("030 231 250")
    form.get_by_role("button", name="Jana Probst").click()
    form.get_by_role("button", name="Buchen").click()
    expect(page.get_by_role("status")).to_contain_text("Jana Probst: gebucht um 14:00, Emma Keller.")
    booked = Appointment.objects.get()
    assert (booked.starts_at, booked.customer) == (at(day, "14:00"), jana)

    page.get_by_role("button", name="Rückgängig").click()
    expect(block(page, booked)).to_have_count(0)
    booked.refresh_from_db()
    assert booked.status == Status.CANCELLED


def test_a_refused_booking_keeps_what_was_typed(
    open_page: Open, desk: Client, salon: Salon, day: date
) -> None:
    page = show(open_page(desk), day)
    page.mouse.click(*spot(page, 0, "14:00"))
    visit(salon, day, "14:30")  # meanwhile
    form = page.get_by_role("dialog")
    form.get_by_label("Leistung").select_option("Herrenhaarschnitt")
    form.get_by_label("Kundin oder Kunde").fill("Aylin Demir")
    form.get_by_label("Telefonnummer, falls neu").fill("030 231251")
    form.get_by_role("button", name="Buchen").click()
    expect(form.get_by_role("alert")).to_contain_text("belegt")
    expect(form.get_by_label("Kundin oder Kunde")).to_have_value("Aylin Demir")
    assert not Customer.objects.exists()
    form.locator("[data-planner-refused] button").first.click()
    expect(page.get_by_role("status")).to_contain_text("Aylin Demir: gebucht um")
    assert Customer.objects.get().phone == "+4930231251"


def test_the_keyboard_moves_a_block(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    appointment = visit(salon, day, "10:00", jana)
    page = show(open_page(desk), day)
    block(page, appointment).focus()
    page.keyboard.press("m")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("[data-planner-live]")).to_contain_text("10:10, Jonas Brandt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("verschoben auf 10:10, Jonas Brandt.")
    assert stored(appointment) == (at(day, "10:10"), salon.jonas)


def test_a_booking_by_phone_shows_without_a_reload(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    page = show(open_page(desk), day)
    page.evaluate("document.body.dataset.same = '1'")
    appointment = visit(salon, day, "15:00", jana)
    expect(block(page, appointment)).to_be_visible()
    booking.hold(
        salon.request(salon.cut, salon.jonas, holder="call:1", now=timezone.now()), start=at(day, "09:00")
    )
    expect(page.locator(".board-countdown")).to_contain_text("noch 1:")
    assert page.evaluate("document.body.dataset.same") == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_tablet_with_a_finger(
    open_page: Open, desk: Client, salon: Salon, day: date, scheme: str
) -> None:
    visit(salon, day, "10:00")
    page = show(open_page(desk, viewport=TABLET, has_touch=True, color_scheme=scheme), day)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.touchscreen.tap(*spot(page, 1, "12:00"))
    expect(page.get_by_role("dialog")).to_contain_text("12:00, Jonas Brandt")


def test_a_block_is_dragged_by_a_finger_that_rests_on_it_first(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    appointment = visit(salon, day, "10:00", jana)
    page = show(open_page(desk, viewport=TABLET, has_touch=True), day)
    drag_by_finger(page, block(page, appointment), spot(page, 1, "11:00"))
    expect(page.get_by_role("status")).to_contain_text("Jana Probst: verschoben auf 11:00, Jonas Brandt.")
    assert stored(appointment) == (at(day, "11:00"), salon.jonas)


def test_two_salons_at_two_counters_see_and_search_their_own(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    other = make_salon(slug="abendrot")
    tom = Customer.objects.create(company=other.company, name="Tom Keller", phone="+4930231259")
    ours, theirs = visit(salon, day, "10:00", jana), visit(other, day, "10:00", tom)
    here = show(open_page(desk), day)
    there = show(open_page(member(other, Role.RECEPTIONIST)), day)
    for page, own, foreign in ((here, ours, theirs), (there, theirs, ours)):
        expect(block(page, own)).to_be_visible()
        expect(block(page, foreign)).to_have_count(0)
    # The same hour, booked at both counters: neither is in the other's way.
    for page, name in ((here, "030 231259"), (there, "030 231250")):
        page.mouse.click(*spot(page, 0, "14:00"))
        form = page.get_by_role("dialog")
        form.get_by_label("Leistung").select_option("Herrenhaarschnitt")
        with page.expect_response("**/customers/**"):
            form.get_by_label("Kundin oder Kunde").fill(name)
        expect(form.get_by_role("button", name="Keller")).to_have_count(0)
        expect(form.get_by_role("button", name="Probst")).to_have_count(0)
        form.get_by_label("Kundin oder Kunde").fill("Laufkundschaft")
        form.get_by_role("button", name="Buchen").click()
        expect(page.get_by_role("status")).to_contain_text("Laufkundschaft: gebucht um 14:00")
    booked = Appointment.objects.filter(starts_at=at(day, "14:00"))
    assert sorted(each.company_id for each in booked) == [salon.company.pk, other.company.pk]
    there.goto(f"/admin/appointments/appointment/{ours.pk}/change/")
    expect(there.get_by_text("Jana Probst")).to_have_count(0)


def test_a_stylist_has_the_own_week(open_page: Open, salon: Salon, day: date, jana: Customer) -> None:
    mine = visit(salon, day, "10:00", jana)
    theirs = visit(salon, day, "10:00", staff=salon.jonas)
    page = open_page(member(salon, Role.STYLIST, staff=salon.emma))
    page.goto(f"/admin/planner/?day={day.isoformat()}&view=week")
    expect(block(page, mine)).to_be_visible()
    expect(page.locator(".ec-main .ec-day")).to_have_count(7)
    expect(block(page, theirs)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whoever_logs_in_lands_on_the_plan(open_page: Open, desk: Client, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    page.goto("/")
    page.get_by_label("Benutzername").fill("receptionist-morgenrot")
    page.get_by_label("Passwort").fill("x")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.locator(".ec-main").first).to_be_visible()
    ground = page.locator(".ec").first.evaluate("each => getComputedStyle(each).colorScheme")
    assert ground == scheme


def test_a_login_that_has_ended_puts_the_block_back_and_says_so(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    appointment = visit(salon, day, "10:00", jana)
    page = show(open_page(desk), day)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    drag(page, block(page, appointment), spot(page, 0, "12:00"))
    expect(page.get_by_role("alertdialog")).to_contain_text("nicht mehr angemeldet")
    expect(block(page, appointment)).to_contain_text("10:00–10:55")
    assert stored(appointment)[0] == at(day, "10:00")


def test_the_list_is_there_for_whoever_wants_one(
    open_page: Open, desk: Client, salon: Salon, day: date, jana: Customer
) -> None:
    visit(salon, day, "10:00", jana)
    page = show(open_page(desk), day)
    page.get_by_role("button", name="Als Liste").click()
    expect(page.get_by_role("heading", name="Emma Keller")).to_be_visible()
    expect(page.locator(".planner-visit")).to_contain_text("Jana Probst")
