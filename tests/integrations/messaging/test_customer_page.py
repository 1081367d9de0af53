"""The customer's link: what it shows and changes, and what it never does."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment, Customer, Policy
from appointments.models.appointment import Status
from integrations.messaging import tokens
from integrations.models import ContactPreference
from tests.integrations.messaging.conftest import book
from tests.salons import MONDAY, Salon, at, make_salon


@pytest.fixture
def appointment(salon: Salon, jana: Customer) -> Appointment:
    return book(salon, jana, "13:00")


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=False)


def link(appointment: Appointment, what: str = "") -> str:
    return f"/termin/{tokens.sign(appointment.pk)}/{what}"


def text(client: Client, address: str, **data: str) -> str:
    page = client.post(address, data, follow=True) if data else client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def test_shows_the_appointment_and_nothing_else(client: Client, appointment: Appointment) -> None:
    page = client.get(link(appointment))
    shown = page.content.decode()
    assert "Montag, 24. November 2025" in shown
    assert "13:00 bis 13:55 Uhr" in shown
    assert "Herrenhaarschnitt" in shown
    assert "+4930231250" not in shown
    assert "jana@" not in shown
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store, private", "same-origin")


def test_speaks_the_customers_language_not_the_browsers(client: Client, appointment: Appointment) -> None:
    page = client.get(link(appointment), headers={"accept-language": "en"})
    assert "Ihr Termin" in page.content.decode()
    ContactPreference.objects.create(
        company=appointment.company, customer=appointment.customer, language="en"
    )
    assert "Your appointment" in client.get(link(appointment)).content.decode()


def test_nothing_changes_by_looking(client: Client, appointment: Appointment) -> None:
    for what in ("", "absagen/", "verschieben/", "termin.ics"):
        assert client.get(link(appointment, what)).status_code == 200
        assert client.head(link(appointment, what)).status_code == (
            405 if what in ("", "termin.ics") else 200
        )
    for what in ("kommen/", "erinnern/"):
        assert client.get(link(appointment, what)).status_code == 405
    appointment.refresh_from_db()
    assert (appointment.status, appointment.revision) == (Status.BOOKED, 1)


def test_cancels(client: Client, appointment: Appointment) -> None:
    assert "Ihr Termin ist abgesagt." in text(client, link(appointment, "absagen/"), sure="1")
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
    assert appointment.history.first().channel == "online"
    # Once more, as when the button was pressed twice, changes nothing.
    text(client, link(appointment, "absagen/"), sure="1")
    appointment.refresh_from_db()
    assert appointment.revision == 2


def test_confirms(client: Client, appointment: Appointment) -> None:
    assert "wir erwarten Sie" in text(client, link(appointment, "kommen/"), yes="1")
    appointment.refresh_from_db()
    assert appointment.status == Status.CONFIRMED


def test_moves_to_a_time_that_the_page_offers(client: Client, appointment: Appointment) -> None:
    shown = text(client, link(appointment, "verschieben/"))
    start = "2025-11-24T15:00:00+01:00"
    assert f'value="{start}"' in shown
    assert "Ihr Termin ist verschoben." in text(client, link(appointment, "verschieben/"), start=start)
    appointment.refresh_from_db()
    assert appointment.starts_at == at(MONDAY, "15:00")


def test_a_time_that_was_taken_meanwhile_is_refused_without_saying_by_whom(
    client: Client, salon: Salon, appointment: Appointment
) -> None:
    other = Customer.objects.create(company=salon.company, name="Tom Keller")
    book(salon, other, "15:00")
    shown = text(client, link(appointment, "verschieben/"), start="2025-11-24T15:00:00+01:00")
    assert "Diese Zeit wurde gerade vergeben." in shown
    assert "Tom" not in shown
    appointment.refresh_from_db()
    assert appointment.starts_at == at(MONDAY, "13:00")


@pytest.mark.parametrize("start", ["", "morgen", "2025-11-24T15:00", "2025-99-24T15:00:00+01:00", "\x00"])
def test_what_is_no_time_is_asked_for_again(client: Client, appointment: Appointment, start: str) -> None:
    page = client.post(link(appointment, "verschieben/"), {"start": start})
    assert page.status_code == 200
    assert "Bitte wählen Sie eine der Zeiten." in page.content.decode()


@pytest.mark.parametrize("day", ["", "gestern", "1900-01-01", "9999-12-31", "2025-02-30"])
def test_a_day_that_is_none_shows_the_nearest_one(client: Client, appointment: Appointment, day: str) -> None:
    assert client.get(link(appointment, "verschieben/"), {"day": day}).status_code == 200


def test_outside_of_hours_and_beyond_the_notice_nothing_can_be_had(
    client: Client, appointment: Appointment
) -> None:
    for start in ("2025-11-24T05:00:00+01:00", "2025-11-23T18:05:00+01:00", "2031-11-24T15:00:00+01:00"):
        text(client, link(appointment, "verschieben/"), start=start)
    appointment.refresh_from_db()
    assert appointment.starts_at == at(MONDAY, "13:00")


def test_the_salons_rules_bind_as_on_the_phone(
    client: Client, salon: Salon, appointment: Appointment
) -> None:
    Policy.objects.create(company=salon.company, cancel_hours_before=48, reschedule_hours_before=48)
    for what in ("absagen/", "verschieben/"):
        assert "Bitte rufen Sie im Salon an." in text(client, link(appointment, what))
        assert "zu spät" in text(client, link(appointment, what), start="2025-11-24T15:00:00+01:00")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.starts_at) == (Status.BOOKED, at(MONDAY, "13:00"))


def test_fees_are_said_before(client: Client, salon: Salon, appointment: Appointment) -> None:
    Policy.objects.create(company=salon.company, fees=[{"hours": 0, "amount": "15.00"}])
    assert "kostet 15,00 EUR" in text(client, link(appointment, "absagen/"))


def test_what_has_begun_cannot_be_changed(
    client: Client, appointment: Appointment, time: time_machine.Traveller
) -> None:
    time.move_to(at(MONDAY, "13:10"))
    for what in ("absagen/", "kommen/", "verschieben/"):
        text(client, link(appointment, what), start="2025-11-24T15:00:00+01:00")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.starts_at) == (Status.BOOKED, at(MONDAY, "13:00"))


def test_agrees_to_reminders_and_takes_it_back(client: Client, appointment: Appointment) -> None:
    assert "Wir erinnern Sie rechtzeitig." in text(client, link(appointment, "erinnern/"), agree="1")
    preference = ContactPreference.objects.get()
    assert preference.reminders_agreed_at == timezone.now()
    text(client, link(appointment, "erinnern/"), agree="0")
    preference.refresh_from_db()
    assert preference.reminders_agreed_at is None


class TestALinkThatIsNone:
    def test_guessed_cut_or_of_another_appointment(
        self, client: Client, salon: Salon, jana: Customer, appointment: Appointment
    ) -> None:
        other = book(salon, jana, "16:00")
        token = tokens.sign(appointment.pk)
        forged = token.replace(f"{appointment.pk}.", f"{other.pk}.", 1)
        for wrong in (token[:-1], token + "A", forged, "1", "1.2.3", "ä", "x" * 5000):
            page = client.get(f"/termin/{wrong}/")
            assert (page.status_code, "gilt nicht mehr" in page.content.decode()) == (404, True)
            assert client.post(f"/termin/{wrong}/absagen/").status_code == 404

    def test_that_is_too_old(
        self, client: Client, appointment: Appointment, time: time_machine.Traveller
    ) -> None:
        address = link(appointment)
        time.shift(tokens.LASTS + timedelta(seconds=1))
        assert client.get(address).status_code == 404

    def test_of_a_company_that_has_gone(self, client: Client, appointment: Appointment) -> None:
        type(appointment.company).objects.update(active=False)
        assert client.get(link(appointment)).status_code == 404


def test_forged_posts_are_refused(appointment: Appointment) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link(appointment, "absagen/")).status_code == 403


def test_one_link_opens_nothing_of_another_salon(client: Client, appointment: Appointment) -> None:
    other = make_salon(slug="anderswo")
    theirs = booking.book(
        other.request(other.cut, other.emma, now=timezone.now()),
        start=at(MONDAY, "10:00"),
        visit=booking.Visit(source="staff"),  # type: ignore[arg-type]
    )
    assert client.get(link(theirs)).status_code == 404  # nobody's: nobody has a link to it
    assert "Anderswo" not in text(client, link(appointment))
