"""The page of the connection: how it is doing, and secrets that go in and never come out."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from appointments.models import Membership, Role
from integrations.models import CalendarConnection, CalendarEvent, CalendarSync
from tests.admin.calendar_pages import converged, messages, refused, text_of
from tests.integrations.calendar import CalendarSalon

LIST = reverse("admin:integrations_calendarconnection_changelist")
KEY, SECRET = "cal_live_geheim_7f3a", "whsec_geheim_91bc"


@pytest.fixture
def line(calendar: CalendarSalon) -> CalendarConnection:
    return CalendarConnection.objects.create(company=calendar.salon.company)


def url(line: CalendarConnection, page: str = "change") -> str:
    return reverse(f"admin:integrations_calendarconnection_{page}", args=[line.pk])


def page_of(desk: Client, line: CalendarConnection) -> str:
    return text_of(desk.get(url(line)))


class TestSecrets:
    def save(self, desk: Client, line: CalendarConnection, **typed: str) -> CalendarConnection:
        assert desk.post(url(line), typed).status_code == 302
        return CalendarConnection.objects.get(pk=line.pk)

    def test_they_are_stored_encrypted_and_never_shown(self, desk: Client, line: CalendarConnection) -> None:
        stored = self.save(desk, line, new_api_key=KEY, new_webhook_secret=SECRET)
        assert (stored.api_key, stored.webhook_secret) == (KEY, SECRET)
        assert KEY not in stored.api_key_encrypted
        for page in (desk.get(url(line)), desk.get(LIST), desk.get(url(line, "history"))):
            assert KEY not in page.content.decode()
            assert SECRET not in page.content.decode()
            assert stored.api_key_encrypted not in page.content.decode()

    def test_the_page_says_whether_they_are_set(self, desk: Client, line: CalendarConnection) -> None:
        assert page_of(desk, line).count("nicht gesetzt") == 2
        self.save(desk, line, new_api_key=KEY)
        assert page_of(desk, line).count("nicht gesetzt") == 1

    def test_left_empty_they_stay(self, desk: Client, line: CalendarConnection) -> None:
        self.save(desk, line, new_api_key=KEY, new_webhook_secret=SECRET)
        assert self.save(desk, line, new_api_key=" ").api_key == KEY

    def test_they_can_be_deleted(self, desk: Client, line: CalendarConnection) -> None:
        self.save(desk, line, new_api_key=KEY, new_webhook_secret=SECRET)
        stored = self.save(desk, line, forget_api_key="on")
        assert (stored.api_key, stored.webhook_secret) == ("", SECRET)

    def test_one_that_cannot_be_read_any_more_breaks_no_page(
        self, desk: Client, line: CalendarConnection
    ) -> None:
        CalendarConnection.objects.update(api_key_encrypted="broken")
        assert desk.get(url(line)).status_code == 200
        desk.post(url(line, "check"))
        page = desk.get(url(line))
        said = "Der gespeicherte Schlüssel für Cal.com lässt sich nicht entschlüsseln. Bitte geben Sie ihn neu ein."
        assert said in text_of(page)


class TestState:
    def test_how_it_is_doing(self, desk: Client, line: CalendarConnection, calendar: CalendarSalon) -> None:
        converged(calendar.cut("09:00"))
        refused(calendar, "11:00")
        calendar.cut("13:00")
        CalendarEvent.objects.create(
            company=line.company,
            trigger="BOOKING_CREATED",
            uid="u",
            body={},
            outcome="echo",
            received_at=timezone.now() - timedelta(hours=1),
        )
        page = page_of(desk, line)
        assert "Cal.com wird wie gewohnt gefragt." in page
        assert "1 abzugleichen, 1 warten auf eine Entscheidung" in page
        assert "1 offener Fall" in page
        assert "1 von 3 kommenden Terminen wurden im Kalender gesehen (33,3 %)." in page
        assert "Letzte Nachricht von Cal.com So, 23. Nov. 2025, 17:00" in page
        assert "Stylistinnen und Stylisten ohne Kalender: 0" in page
        assert "3 von 100000" in page

    def test_the_breaker_in_a_sentence(self, desk: Client, line: CalendarConnection) -> None:
        now = timezone.now()
        CalendarConnection.objects.update(
            failures=5, opened_at=now, retry_at=now + timedelta(minutes=1), last_error_code="timeout"
        )
        page = page_of(desk, line)
        assert "Cal.com wird seit So, 23. Nov. 2025, 18:00 Uhr in Ruhe gelassen" in page
        assert "Cal.com hat nicht rechtzeitig geantwortet." in page
        assert "nach Fehlern in Ruhe gelassen" in text_of(desk.get(LIST))

    def test_what_is_kept_without_an_entry_is_not_expected(
        self, desk: Client, line: CalendarConnection, calendar: CalendarSalon
    ) -> None:
        converged(calendar.cut("09:00"))
        calendar.cut("13:00")
        CalendarSync.objects.filter(state="pending").update(exempt=True)
        assert "1 von 1 kommenden Terminen" in page_of(desk, line)

    def test_its_queries_do_not_depend_on_how_much_there_is(
        self,
        desk: Client,
        line: CalendarConnection,
        calendar: CalendarSalon,
        django_assert_max_num_queries: Any,
    ) -> None:
        calendar.cut("09:00")
        desk.get(url(line))
        with django_assert_max_num_queries(30) as one:
            desk.get(url(line))
        for clock in ("10:00", "11:00", "12:00", "13:00"):
            calendar.cut(clock)
        with django_assert_max_num_queries(len(one)):
            desk.get(url(line))


class TestButtons:
    def test_the_connection_is_checked(
        self, desk: Client, line: CalendarConnection, calendar: CalendarSalon
    ) -> None:
        (said,) = messages(desk.post(url(line, "check"), follow=True))
        assert said.startswith("Cal.com antwortet. Der Schlüssel gehört zu ")
        assert calendar.sandbox.operations() == ["me"]

    def test_a_wrong_key_is_said(self, desk: Client, line: CalendarConnection, settings: Any) -> None:
        settings.CALCOM_API_KEY = "wrong"
        said = "Cal.com nimmt den Schlüssel nicht an, oder er darf das nicht."
        assert messages(desk.post(url(line, "check"), follow=True)) == [said]

    def test_no_key_is_said(self, desk: Client, line: CalendarConnection, settings: Any) -> None:
        settings.CALCOM_API_KEY = ""
        said = "Es ist kein Schlüssel für Cal.com hinterlegt."
        assert messages(desk.post(url(line, "check"), follow=True)) == [said]

    def test_everything_is_compared_by_the_worker(
        self,
        desk: Client,
        line: CalendarConnection,
        calendar: CalendarSalon,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        calendar.cut()
        later = timezone.now() + timedelta(minutes=10)
        CalendarSync.objects.update(next_try_at=later)
        with django_capture_on_commit_callbacks(execute=True):
            page = desk.post(url(line, "compare"), follow=True)
        assert messages(page) == ["Alles wird mit Cal.com abgeglichen, zuerst 1 offener Termin."]
        assert CalendarSync.objects.get().next_try_at < later
        queued = {task.func() for task in OrmQ.objects.all()}
        assert {"integrations.tasks.sync_calendar", "integrations.tasks.reconcile_company"} <= queued

    @pytest.mark.parametrize("page", ["check", "compare"])
    def test_only_who_may_change_it_presses_them(self, page: str, line: CalendarConnection) -> None:
        user = User.objects.create_user("aushilfe", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_calendarconnection"))
        Membership.objects.create(user=user, company=line.company, role=Role.RECEPTIONIST)
        client = Client()
        client.force_login(user)
        assert client.post(url(line, page)).status_code == 403
        shown = client.get(url(line))
        assert shown.status_code == 200
        assert "Verbindung prüfen" not in text_of(shown)

    @pytest.mark.parametrize("page", ["check", "compare"])
    def test_they_are_no_links(self, page: str, desk: Client, line: CalendarConnection) -> None:
        assert desk.get(url(line, page)).status_code == 405


def test_messages_of_cal_com_show_nobodys_data(desk: Client, calendar: CalendarSalon) -> None:
    event = CalendarEvent.objects.create(
        company=calendar.salon.company,
        trigger="BOOKING_CREATED",
        uid="their-uid",
        body={"attendees": [{"name": "Nora Vogt", "email": "nora@kundin.example"}]},
        outcome="echo",
        received_at=timezone.now(),
    )
    for page in (
        reverse("admin:integrations_calendarevent_changelist"),
        reverse("admin:integrations_calendarevent_change", args=[event.pk]),
    ):
        shown = desk.get(page).content.decode()
        assert "their-uid" in shown
        assert "Nora" not in shown
        assert "kundin.example" not in shown
