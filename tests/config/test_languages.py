"""German is what everybody gets, English what somebody chooses; the phone speaks German."""

import json
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import polib
import pytest
import time_machine
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import override

from appointments.models import Customer
from calls.models import Call
from tests.admin.test_role_matrix import MATRIX, full_company
from tests.calls.phone import Phone, expect_reply, post
from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.salons import MONDAY, NOW, Salon, make_salon
from tools import translations

LOGIN = reverse("admin:login")
OWN_PAGES = (
    "planner",
    "worklist",
    "dashboard",
    "admin:password_change",
    "admin:appointments_integrityreport_morning",
    "admin:appointments_appointment_add",
    "admin:appointments_customer_add",
    "admin:appointments_import_add",
    "admin:appointments_membership_add",
    "admin:appointments_service_add",
    "admin:appointments_staff_add",
    "admin:calls_call_test_call",
)
SPOKEN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt"}


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


def says_german(page: Any) -> bool:
    return "Anmelden" in page.content.decode() and page.headers["Content-Language"] == "de"


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["en", "en-GB,en;q=0.9", "fr", ""])
def test_what_a_browser_asks_for_is_no_choice(asked: str) -> None:
    assert says_german(Client().get(LOGIN, headers={"Accept-Language": asked}))


@pytest.mark.django_db
def test_who_chooses_english_keeps_it_and_may_choose_again() -> None:
    client = Client()
    for language, german in (("en", False), ("de", True), ("en", False)):
        client.post(reverse("set_language"), {"language": language, "next": LOGIN})
        assert says_german(client.get(LOGIN)) == german
    kept = client.cookies["django_language"]
    assert (kept["max-age"], kept["httponly"], kept["samesite"]) == (365 * 24 * 60 * 60, True, "Lax")


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["", "xx", "../en", "e" * 5000])
def test_a_cookie_that_names_no_language_changes_nothing(nonsense: str) -> None:
    client = Client()
    client.cookies["django_language"] = nonsense
    assert says_german(client.get(LOGIN))


def test_the_phone_speaks_german_whatever_is_asked(db: None) -> None:
    """Also on the page on which staff try it out: it shows what a caller would hear."""
    with time_machine.travel(NOW, tick=False):
        salon = make_salon()
        wish = {"datum": "Montag", "uhrzeit": "10 Uhr", "dienstleistung": "Herrenhaarschnitt"}
        asked = Phone(salon.number, caller="+4930900102").message("check_availability", wish)
        english = {"Accept-Language": "en", "Cookie": "django_language=en"}
        reply = expect_reply(post(json.dumps(asked).encode(), **english))
        assert reply["message"].startswith("Herrenhaarschnitt morgen um 10 Uhr")
        desk = Client()
        desk.force_login(User.objects.create_superuser("desk"))
        desk.cookies["django_language"] = "en"
        url = reverse("admin:calls_call_test_call")
        desk.post(url, {"action": "start", "branch": salon.branch.pk})
        desk.post(url, {"action": "say", "words": "Herrenhaarschnitt am Montag um elf Uhr"})
        page = desk.get(url).content.decode()
        assert "Soll ich den Termin für Sie eintragen?" in page
        assert "Say" in page


def test_dates_in_english_are_not_american() -> None:
    """11/12 would be another day; hours go to 24."""
    with override("en"), time_machine.travel(NOW, tick=False):
        now = timezone.localtime()
        shown = Template("{{ now|date:'SHORT_DATETIME_FORMAT' }}, {{ now|date }}").render(
            Context({"now": now})
        )
        assert shown == "23/11/2025 18:00, 23 November 2025"
        assert number_format(1234.5, 1, force_grouping=True) == "1,234.5"
    with override("de"):
        assert date_format(MONDAY, "SHORT_DATE_FORMAT") == "24.11.2025"


def test_what_is_typed_in_english_is_understood(salon: Salon, desk: Client) -> None:
    from tests.admin.pages import ADD, typed  # noqa: PLC0415 - needed only here

    desk.cookies["django_language"] = "en"
    answer = desk.post(ADD, typed(salon, "24/11/2025", "10:00"))
    assert answer.status_code == 302
    assert salon.company.appointments.get().starts_at.isoformat() == "2025-11-24T09:00:00+00:00"


@pytest.fixture
def salon(db: None) -> Iterator[Salon]:
    with time_machine.travel(NOW, tick=False):
        yield make_salon()


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("desk"))
    return client


class Texts(HTMLParser):
    """What a page shows or has read out: each text by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # The names of the theme's icons are drawn, not read.
        icon = "material-symbols" in (dict(attrs).get("class") or "")
        self._silent = icon or tag in {"script", "style"}
        self.found |= {words(value or "") for name, value in attrs if name in SPOKEN_ATTRIBUTES}

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.add(words(data))


def words(text: str) -> str:
    """Without what a template sets around it; capitals are the page's."""
    return " ".join(text.split()).strip(" :,.").casefold()


def texts_of(page: Any) -> set[str]:
    reader = Texts()
    reader.feed(page.content.decode())
    return reader.found


def catalogue() -> tuple[set[str], set[str]]:
    """Our English and our German texts, without those that are the same in both, or part of the other."""
    english, german = set(), set()
    for path in translations.catalogues():
        for entry in polib.pofile(str(path)):
            sources = [entry.msgid, *([entry.msgid_plural] if entry.msgid_plural else [])]
            forms = [entry.msgstr, *entry.msgstr_plural.values()]
            english |= {words(text) for text in sources}
            german |= {words(text) for text in forms if text}
    return english - german, german - english


def addresses() -> Iterator[str]:
    for label in MATRIX:
        yield reverse("admin:{}_{}_changelist".format(*label.split(".")))
    yield from (reverse(name) for name in OWN_PAGES)


def details(calendar: CalendarSalon) -> Iterator[str]:
    """The page of one appointment, customer, call."""
    salon = calendar.salon
    appointment = salon.company.appointments.order_by("pk").first()
    assert appointment is not None
    customer = Customer.objects.create(company=salon.company, name="Jana Probst")
    for name, row in (
        ("appointments_appointment", appointment),
        ("appointments_customer", customer),
        ("appointments_staff", salon.emma),
        ("appointments_branch", salon.branch),
        ("appointments_service", salon.perm),
        ("calls_call", Call.objects.order_by("pk").first()),
    ):
        assert row is not None
        yield reverse(f"admin:{name}_change", args=[row.pk])
        yield reverse(f"admin:{name}_history", args=[row.pk])


def test_no_page_mixes_the_languages(calendar: CalendarSalon) -> None:
    """Every list, form and page of ours, with a row of everything: in English no German, and the other way."""
    full_company(calendar)
    salon = calendar.salon
    salon.book(salon.perm, salon.jonas, MONDAY + timedelta(days=1), "10:00")
    desk = Client()
    desk.force_login(User.objects.create_superuser("chefin"))
    english, german = catalogue()
    # Names of the salon's own, what people wrote, what the voice agent sent as JSON, and the choice itself.
    data = {"dauerwelle", "einwirkzeit", "rückfrage", "true", "deutsch", "english"}
    mixed = {}
    for url in (*addresses(), *details(calendar)):
        for language, foreign in (("en", german), ("de", english)):
            desk.cookies["django_language"] = language
            page = desk.get(url)
            assert (url, page.status_code) == (url, 200)
            if found := texts_of(page) & foreign - data:
                mixed[url, language] = found
    assert mixed == {}
