"""A stylist's calendar by a secret link: what it holds, who may make it, and that it can be taken back."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django import Settings

from appointments import booking
from appointments.access import Role
from appointments.feed.calendar import short_name
from appointments.models import Appointment, CalendarFeed, Customer, Membership
from appointments.models.appointment import Status
from config.secrets_in_logs import HideSecrets, hidden
from tests.admin.test_scoping import member
from tests.salons import MONDAY, NOW, Salon, make_salon


@pytest.fixture(autouse=True)
def limited(db: None, settings: Settings) -> None:
    settings.RATE_LIMITS = True


def address(salon: Salon) -> str:
    return reverse("feed", args=[CalendarFeed.objects.issue(salon.emma, user_id=None, now=NOW)])


def events(url: str) -> list[Any]:
    answer = Client().get(url)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content).walk("VEVENT")


def page(salon: Salon) -> str:
    return reverse("admin:appointments_staff_change", args=[salon.emma.pk]).replace(
        "change/", "calendar-link/"
    )


@pytest.fixture
def perm(salon: Salon, jana: Customer) -> Appointment:
    booked = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    return booking.edit(booked, {"customer": jana}, now=NOW)


class TestWhatItHolds:
    def test_the_work_and_not_the_gap(self, salon: Salon, perm: Appointment) -> None:
        found = events(address(salon))
        clock = [f"{each['dtstart'].dt:%H:%M}-{each['dtend'].dt:%H:%M}" for each in found]
        assert clock == ["10:00-10:50", "11:05-11:10", "11:20-12:15"]
        assert {str(each["summary"]) for each in found} == {"Dauerwelle, Jana P."}
        assert str(found[2]["description"]) == "Auswaschen und Pflege, Schneiden und Styling"

    def test_no_number_no_surname_no_note(self, salon: Salon, perm: Appointment) -> None:
        booking.edit(perm, {"notes": "Allergie", "contact_phone": "+4930555123"}, now=NOW)
        text = Client().get(address(salon)).content.decode()
        assert not [each for each in ("900101", "555123", "Probst", "Allergie") if each in text]

    def test_its_zone_says_when_the_clock_changes(self, salon: Salon, perm: Appointment) -> None:
        calendar = Calendar.from_ical(Client().get(address(salon)).content)
        (zone,) = calendar.walk("VTIMEZONE")
        assert str(zone["tzid"]) == "Europe/Berlin"
        assert {each.name for each in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
        assert calendar.walk("VEVENT")[0]["dtstart"].params["TZID"] == "Europe/Berlin"

    def test_a_move_is_the_same_event_with_a_higher_sequence(self, salon: Salon, perm: Appointment) -> None:
        url = address(salon)
        before = {str(each["uid"]): int(each["sequence"]) for each in events(url)}
        later = booking.Move(perm.starts_at + timedelta(hours=1))
        booking.amend(perm, to=later, changes={}, now=NOW)
        after = {str(each["uid"]): int(each["sequence"]) for each in events(url)}
        assert after.keys() == before.keys()
        assert all(after[uid] > before[uid] for uid in after)

    def test_what_is_cancelled_is_gone(self, salon: Salon, perm: Appointment) -> None:
        url = address(salon)
        booking.mark(perm, Status.CANCELLED, now=NOW)
        assert events(url) == []

    def test_only_two_weeks_back_and_sixty_days_ahead(
        self, salon: Salon, perm: Appointment, clock: time_machine.Traveller
    ) -> None:
        url = address(salon)
        for days, shown in ((14, True), (16, False), (-58, True), (-61, False)):
            clock.move_to(NOW + timedelta(days=days))
            assert bool(events(url)) == shown, days

    def test_nobody_elses_appointments(self, salon: Salon) -> None:
        salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
        assert events(address(salon)) == []

    @pytest.mark.parametrize(
        ("name", "shown"),
        [("Jana Probst", "Jana P."), ("Jana", "Jana"), ("", ""), ("Ida von der Au", "Ida A.")],
    )
    def test_names_are_short(self, name: str, shown: str) -> None:
        assert short_name(name) == shown


def _told(answer: Any) -> dict[str, str]:
    """Its headers; every request has a number of its own."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


class TestTheAddress:
    def test_it_answers_304_as_long_as_nothing_changes(self, salon: Salon, perm: Appointment) -> None:
        url = address(salon)
        first = Client().get(url)
        assert first["Cache-Control"] == "private, no-cache"
        assert not first.cookies
        again = Client().get(url, headers={"if-none-match": first["ETag"], "accept-language": "en"})
        assert (again.status_code, again.content) == (304, b"")
        booking.mark(perm, Status.CONFIRMED, now=NOW)
        assert Client().get(url, headers={"if-none-match": first["ETag"]}).status_code == 200

    def test_revoked_renewed_and_unknown_are_told_alike(self, salon: Salon) -> None:
        old = address(salon)
        new = address(salon)
        nonsense = reverse("feed", args=["x" * 43])
        answers = [Client().get(url) for url in (old, nonsense)]
        CalendarFeed.objects.get().delete()
        answers.append(Client().get(new))
        facts = {(each.status_code, each.content, str(_told(each))) for each in answers}
        assert len(facts) == 1
        assert answers[0].status_code == 404

    def test_an_inactive_stylist_has_none(self, salon: Salon) -> None:
        url = address(salon)
        salon.emma.active = False
        salon.emma.save()
        assert Client().get(url).status_code == 404

    @pytest.mark.usefixtures("either_cache")
    def test_a_wild_program_is_told_to_wait(self, salon: Salon) -> None:
        url = address(salon)
        codes = [Client().get(url).status_code for _ in range(31)]
        assert codes == [200] * 30 + [429]
        assert Client().post(url).status_code == 405

    def test_queries_do_not_grow(self, salon: Salon, django_assert_max_num_queries: Any) -> None:
        url = address(salon)
        salon.book(salon.perm, salon.emma, MONDAY, "08:00")
        Client().get(url)
        with django_assert_max_num_queries(16) as one:
            Client().get(url)
        for hour in (10, 12, 14, 16):
            salon.book(salon.cut, salon.emma, MONDAY, f"{hour}:30")
        with django_assert_max_num_queries(len(one)):
            Client().get(url)

    def test_no_log_holds_the_secret(self, salon: Salon, caplog: pytest.LogCaptureFixture) -> None:
        caplog.handler.addFilter(HideSecrets())
        Client().get(reverse("feed", args=["geheim" * 8]))
        assert "/feed/[secret]" in caplog.text
        assert "geheim" not in caplog.text
        assert hidden('"GET /feed/abc-_1.ics HTTP/1.1"') == '"GET /feed/[secret] HTTP/1.1"'
        record = logging.LogRecord("x", logging.INFO, "", 1, "%s and %d", ("nothing", 1), None)
        assert HideSecrets().filter(record)
        assert record.args == ("nothing", 1)


class TestThePage:
    def test_it_is_shown_once_renewed_and_revoked(self, salon: Salon) -> None:
        owner = member(salon, Role.OWNER)
        assert "Es gibt keinen Link." in owner.get(page(salon)).content.decode()
        answer = owner.post(page(salon), {"action": "issue"})
        (link,) = re.findall(r"http://testserver(/feed/[^\"]+\.ics)", answer.content.decode())
        assert "no-store" in answer["Cache-Control"]
        assert Client().get(link).status_code == 200
        assert link not in owner.get(page(salon)).content.decode()
        assert link.split("/")[2].removesuffix(".ics") not in str(CalendarFeed.objects.values().get())
        assert (
            "nicht mehr gültig" in owner.post(page(salon), {"action": "revoke"}, follow=True).content.decode()
        )
        assert Client().get(link).status_code == 404
        assert list(CalendarFeed.history.values_list("history_type", flat=True)) == ["-", "+"]

    @pytest.mark.parametrize(
        ("role", "code"),
        [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.RECEPTIONIST, 403), (Role.STYLIST, 200)],
    )
    def test_who_may(self, role: Role, code: int, salon: Salon) -> None:
        desk = member(salon, role, staff=salon.emma if role == Role.STYLIST else None)
        assert desk.get(page(salon)).status_code == code
        assert desk.post(page(salon), {"action": "issue"}).status_code == code
        assert CalendarFeed.objects.count() == (code == 200)

    def test_a_stylist_has_only_the_own(self, salon: Salon) -> None:
        stylist = member(salon, Role.STYLIST, staff=salon.jonas)
        assert stylist.post(page(salon), {"action": "issue"}).status_code == 403
        assert Membership.objects.get().staff == salon.jonas

    def test_another_companys_stylist_does_not_exist(self, salon: Salon) -> None:
        stranger = member(make_salon(slug="anderswo"), Role.OWNER)
        assert stranger.post(page(salon), {"action": "issue"}).status_code == 404
        assert not CalendarFeed.objects.exists()
