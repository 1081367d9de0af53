"""What is to be seen on each picture, and what has to have happened in the salon before."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SALON = "morgenrot"
CALLS = ("dialogue_8_hidden_number_cancels", "dialogue_6_duplicate", "first_booking")
OLD_DIARY = Path("var/pictures/alter-kalender.csv")
MAPPING = Path("var/pictures/alter-kalender.yaml")


@dataclass(frozen=True)
class Scene:
    """``show`` brings the page to where the picture is taken."""

    name: str
    show: Callable[[Page], object]
    dark: bool = False
    tablet: bool = False
    telephone: bool = False


def prepare(url: str) -> None:
    """Some calls, an old diary in which two people come at once, and a look at whether all is well."""
    for script in CALLS:
        _manage("simulate_call", f"calls/scripts/{script}.yaml", "--url", url)
    times = (("Hanna Winter", "10:00"), ("Greta Kolbe", "10:20"))
    rows = [f"{name};{day()};{clock};Emma Keller;Herrenhaarschnitt" for name, clock in times]
    OLD_DIARY.write_text("\n".join(("Name;Tag;Zeit;Stylist;Leistung", *rows, "")), encoding="utf-8")
    MAPPING.write_text(
        "{delimiter: ';', columns: {customer: Name, date: Tag, time: Zeit, staff: Stylist, "
        "service: Leistung}, "
        "date_format: '%Y-%m-%d', time_format: '%H:%M', create_missing: [customers], "
        "default_minutes: 45}\n",
        encoding="utf-8",
    )
    _manage("import_appointments", str(OLD_DIARY), "--company", SALON, "--mapping", str(MAPPING))
    _manage("check_integrity", "--company", SALON)


@cache
def day() -> str:
    """The first on which a stylist has somebody else in the gap of a perm: there is most to be seen."""
    appointments = json.loads(_manage("export_appointments", "--company", SALON, "--format", "json"))
    today = str(date.today())  # noqa: DTZ011 - of whoever looks at the pictures
    return next(
        each["starts_at"][:10]
        for each in sorted(appointments, key=lambda each: each["starts_at"])
        if each["starts_at"] > today and not all(phase["busy"] for phase in each["phases"])
    )


def _manage(*words: str) -> str:
    """What it prints. A check ends with 1 if something is to be done: that it worked all the same."""
    done = subprocess.run([sys.executable, "manage.py", *words], capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return done.stdout


def _shell(code: str) -> str:
    return _manage("shell", "-v", "0", "-c", code).strip()


def at(address: str) -> Callable[[Page], object]:
    return lambda page: page.goto(address)


def planner(page: Page) -> None:
    page.goto(f"/admin/planner/?day={day()}")
    page.locator(".ec-event").first.wait_for()


def first_of(changelist: str) -> Callable[[Page], object]:
    """The page of the first row of a list."""

    def show(page: Page) -> None:
        page.goto(changelist)
        address = page.locator("#result_list a[href*='/change/']").first.get_attribute("href")
        page.goto(address or changelist)

    return show


# Somebody who comes often: there is most to be seen.
REGULAR = """
from django.db.models import Count, Q
from appointments.models import Customer
came = Count("appointments", filter=Q(appointments__status="completed"))
print(Customer.objects.annotate(came=came).order_by("-came", "pk")[0].pk)
"""


def customer(page: Page) -> None:
    """What one wants to know of somebody, below the fields."""
    page.goto(f"/admin/appointments/customer/{_shell(REGULAR)}/change/")
    glance = page.get_by_text("Auf einen Blick", exact=True).first
    glance.evaluate("title => { title.style.scrollMarginTop = '3rem'; title.scrollIntoView() }")


def call(page: Page) -> None:
    """What was asked and answered, below the facts."""
    first_of("/admin/calls/call/")(page)
    page.get_by_text("Gespräch", exact=True).first.evaluate("heading => heading.scrollIntoView()")


def ill(page: Page) -> None:
    page.goto("/admin/appointments/outage/plan/")
    emma = page.locator("select[name=staff] option", has_text="Emma Keller").first.get_attribute("value")
    page.select_option("select[name=staff]", emma)
    page.fill("input[name=first_day]", str(day()))
    with page.expect_navigation():
        page.locator(".outage-form button[type=submit]").click()


def trial(page: Page) -> None:
    page.goto("/admin/calls/call/test-call/")
    page.get_by_role("button", name="Anrufen").click()
    page.fill(
        "input[name=words]", "Guten Tag, ich hätte gern einen Herrenhaarschnitt am Donnerstag um elf Uhr"
    )
    page.get_by_role("button", name="Sagen").click()


# Of those that can still be changed, one that is a customer's own: as the link in its confirmation.
LINK = """
from datetime import timedelta
from django.urls import reverse
from django.utils import timezone
from appointments.models import Appointment
from integrations.messaging import tokens
later = timezone.now() + timedelta(days=3)
rows = Appointment.objects.blocking().filter(starts_at__gt=later, customer__email__isnull=False)
print(reverse("my-appointment", args=[tokens.sign(rows.order_by("starts_at", "pk")[number].pk)]))
"""


@cache
def link(number: int) -> str:
    """To the customer's page of the ``number``-th appointment to come."""
    return _shell(f"number = {number}{LINK}")


# Of those who wait, one for whom something is free and who can be written to: as staff offer it.
OFFER = """
from urllib.parse import urlsplit
from django.utils import timezone
from appointments import waitlist
from appointments.models import WaitlistEntry
from appointments.waitlist import offering
from appointments.waitlist.matching import RELATED
from integrations.messaging import offers, stopping
from integrations.models import Message
now = timezone.now()
rows = list(WaitlistEntry.objects.waiting().by_age().select_related(*RELATED))
reached = offering.can_reach(rows)
entry, slots = next(each for each in waitlist.matches(rows, now=now) if each.entry.pk in reached)
offering.offer(entry, staff=slots[0].staff, start=slots[0].start, now=now)
print(urlsplit(offers.link_to(offers.Offer(entry, slots[0].staff, slots[0].start))).path)
print(urlsplit(stopping.stop_link(Message.objects.get(kind="offer"))).path)
"""


@cache
def offer_and_stop() -> list[str]:
    """To the page of an offer, and to the one with which whoever got it says that it was the last message."""
    return _shell(OFFER).split()


def offered(page: Page) -> None:
    page.goto(offer_and_stop()[0])


def stopping(page: Page) -> None:
    page.goto(offer_and_stop()[1])


def of_customer(page: Page) -> None:
    page.goto(link(0))


def moving(page: Page) -> None:
    page.goto(f"{link(0)}verschieben/")


def cancelling(page: Page) -> None:
    page.goto(f"{link(0)}absagen/")


def coming(page: Page) -> None:
    page.goto(link(1))
    with page.expect_navigation():
        page.get_by_role("button", name="Ich komme").click()


APPOINTMENTS = "/admin/appointments/appointment/"
SCENES = (
    Scene("planner", planner),
    Scene("planner-dark", planner, dark=True),
    Scene("planner-tablet", planner, tablet=True),
    Scene("worklist", at("/admin/worklist/")),
    Scene("appointments", at(APPOINTMENTS)),
    Scene("appointment", first_of(APPOINTMENTS)),
    Scene("customer", customer),
    Scene("call", call),
    Scene("test-call", trial),
    Scene("ill", ill),
    Scene("dashboard", at(f"/admin/dashboard/?company={SALON}&period=month")),
    Scene("morning", at(f"/admin/appointments/integrityreport/morning/?company={SALON}")),
    Scene("quarantine", at("/admin/appointments/conflictingappointment/")),
    Scene("link", of_customer, telephone=True),
    Scene("link-move", moving, telephone=True),
    Scene("link-cancel", cancelling, telephone=True),
    Scene("link-confirmed", coming, telephone=True),
    Scene("offer", offered, telephone=True),
    Scene("stop", stopping, telephone=True),
)
