"""What the appointment's page and the list of appointments show of the calendar."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from integrations.models import BookingState, CalendarBooking, CaseKind, SyncState
from tests.admin.calendar_pages import (
    APPOINTMENTS,
    compare_url,
    converged,
    messages,
    refused,
    text_of,
    the_case,
)
from tests.admin.pages import change_url
from tests.integrations.calendar import CalendarSalon, sync_of
from tests.salons import MONDAY, at


def page_of(desk: Client, appointment: Any) -> str:
    return text_of(desk.get(change_url(appointment)))


def compare(desk: Client, appointment: Any) -> list[str]:
    return messages(desk.post(compare_url(appointment), follow=True))


class TestThePanel:
    def test_each_run_with_time_host_event_type_uid_and_when_it_was_seen(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        appointment = converged(calendar.perm("10:00"))
        page = page_of(desk, appointment)
        assert "Was bei Cal.com steht" in page
        assert "Steht im Kalender, zuletzt geprüft: So, 23. Nov. 2025, 18:00 Uhr." in page
        for row in CalendarBooking.objects.all():
            assert row.uid in page
        assert "Mo, 24. Nov. 2025, 11:05 bis 11:10 Uhr" in page
        assert "Dauerwelle (3003)" in page

    def test_a_move_shows_the_chain_of_uids(self, desk: Client, calendar: CalendarSalon) -> None:
        appointment = converged(calendar.cut("10:00"))
        before = CalendarBooking.objects.get().uid
        converged(calendar.move(appointment, "12:00"))
        page = page_of(desk, appointment)
        assert f"vorher: {before}" in page
        assert "1 früherer Versuch oder frühere Buchung" in page

    def test_pending_says_since_when_and_why(self, desk: Client, calendar: CalendarSalon) -> None:
        appointment = calendar.cut()
        assert "Seit So, 23. Nov. 2025, 18:00 Uhr abzugleichen." in page_of(desk, appointment)
        calendar.sandbox.faults.add("unauthorized", "create")
        converged(appointment)
        page = page_of(desk, appointment)
        assert "bisher fehlgeschlagene Versuche: 1" in page
        assert "Letzter Fehler: Cal.com nimmt den Schlüssel nicht an, oder er darf das nicht." in page

    def test_a_case_is_named_and_linked(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        page = desk.get(change_url(case.appointment))
        assert "Wartet seit So, 23. Nov. 2025, 18:00 Uhr auf eine Entscheidung." in text_of(page)
        assert f"/integrations/calendarcase/{case.pk}/change/" in page.content.decode()

    def test_a_branch_without_calendar_says_so(self, desk: Client, calendar: CalendarSalon) -> None:
        calendar.salon.branch.calendar = "off"
        calendar.salon.branch.save()
        assert "Der Kalender dieser Filiale ist ausgeschaltet." in page_of(desk, calendar.cut())

    def test_its_queries_do_not_depend_on_the_attempts(
        self, desk: Client, calendar: CalendarSalon, django_assert_max_num_queries: Any
    ) -> None:
        appointment = converged(calendar.cut())
        desk.get(change_url(appointment))
        with django_assert_max_num_queries(40) as one:
            desk.get(change_url(appointment))
        CalendarBooking.objects.bulk_create(
            CalendarBooking(
                company=appointment.company,
                appointment=appointment,
                generation=number,
                state=BookingState.ABSENT,
                origin="created",
                starts_at=appointment.starts_at,
                ends_at=appointment.ends_at,
                created_at=timezone.now(),
            )
            for number in range(10, 60)
        )
        with django_assert_max_num_queries(len(one)):
            desk.get(change_url(appointment))


class TestComparingNow:
    def test_what_is_pending_is_brought_about(self, desk: Client, calendar: CalendarSalon) -> None:
        appointment = calendar.cut()
        assert compare(desk, appointment) == ["Kalender und Termin stimmen überein."]
        assert calendar.there() == [(101, "10:00", "10:55")]

    def test_what_stands_is_looked_at(self, desk: Client, calendar: CalendarSalon) -> None:
        appointment = converged(calendar.cut())
        sync_of(appointment)
        calendar.sandbox.forget_requests()
        assert compare(desk, appointment) == ["Kalender und Termin stimmen überein."]
        assert sorted(calendar.sandbox.operations()) == ["get", "list"]

    def test_what_somebody_cancelled_there_becomes_a_case(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        appointment = converged(calendar.cut())
        calendar.sandbox.cancel(CalendarBooking.objects.get().uid)
        said = "Der Kalender wird gerade"  # never said: it is decided at once
        assert said not in " ".join(compare(desk, appointment))
        assert the_case(CaseKind.CANCELLED).appointment == appointment
        assert sync_of(appointment).state == SyncState.HALTED

    def test_what_cal_com_does_not_know_once_is_not_believed(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        """Invariant I6: a case only after it was unknown twice, a minute apart."""
        appointment = converged(calendar.cut())
        calendar.world.forget(CalendarBooking.objects.get().uid)
        compare(desk, appointment)
        assert sync_of(appointment).state == SyncState.SYNCED
        CalendarBooking.objects.update(missing_since=timezone.now() - timedelta(minutes=2))
        compare(desk, appointment)
        assert the_case(CaseKind.MISSING).appointment == appointment

    def test_a_stranger_in_the_way_is_said(self, desk: Client, calendar: CalendarSalon) -> None:
        appointment = converged(calendar.cut("10:00"))
        booked = calendar.sandbox.book(3001, at(MONDAY, "12:00"))
        calendar.world.change(booked["uid"], start=at(MONDAY, "10:30"), end=at(MONDAY, "11:25"))
        said = "Steht bei Cal.com, aber dort überschneidet sich eine andere Buchung."
        assert compare(desk, appointment) == [said]
        assert the_case(CaseKind.OVERLAP).uid == booked["uid"]

    def test_what_waits_for_a_decision_is_left_alone(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        calendar.sandbox.forget_requests()
        assert compare(desk, case.appointment) == ["Dieser Termin wartet auf eine Entscheidung."]
        assert calendar.sandbox.operations() == []

    def test_without_an_answer_it_says_so(self, desk: Client, calendar: CalendarSalon, settings: Any) -> None:
        settings.CALCOM_API_URL = "http://127.0.0.1:9"
        (said,) = compare(desk, calendar.cut())
        assert said == "Cal.com ist nicht erreichbar. Es wird von selbst weiter versucht."

    def test_only_who_may_change_appointments(self, calendar: CalendarSalon) -> None:
        appointment = calendar.cut()
        user = User.objects.create_user("aushilfe", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_appointment"))
        client = Client()
        client.force_login(user)
        assert client.post(compare_url(appointment)).status_code == 403
        page = client.get(change_url(appointment))
        assert "Jetzt abgleichen" not in text_of(page)
        assert calendar.there() == []

    def test_it_is_no_link(self, desk: Client, calendar: CalendarSalon) -> None:
        assert desk.get(compare_url(calendar.cut())).status_code == 405


class TestTheList:
    def test_a_column_says_how_the_calendar_is(self, desk: Client, calendar: CalendarSalon) -> None:
        refused(calendar, "09:00")
        converged(calendar.cut("11:00"))
        calendar.cut("13:00")
        rows = desk.get(APPOINTMENTS).context["cl"].result_list
        states = [(one.calendar_state, one.has_calendar_case) for one in rows]
        assert states == [("halted", True), ("synced", False), ("pending", False)]
        page = text_of(desk.get(APPOINTMENTS))
        assert "Entscheidung nötig" in page
        assert "steht im Kalender" in page

    @pytest.mark.parametrize(
        ("wanted", "clocks"), [("case", ["09:00"]), ("synced", ["11:00"]), ("pending", ["13:00"])]
    )
    def test_a_filter_finds_them(
        self, wanted: str, clocks: list[str], desk: Client, calendar: CalendarSalon
    ) -> None:
        refused(calendar, "09:00")
        converged(calendar.cut("11:00"))
        calendar.cut("13:00")
        found = desk.get(APPOINTMENTS, {"calendar": wanted}).context["cl"].result_list
        assert [one.starts_at for one in found] == [at(MONDAY, clock) for clock in clocks]

    def test_three_cost_no_more_queries_than_one(
        self, desk: Client, calendar: CalendarSalon, django_assert_max_num_queries: Any
    ) -> None:
        converged(calendar.cut("09:00"))
        desk.get(APPOINTMENTS)
        with django_assert_max_num_queries(30) as one:
            desk.get(APPOINTMENTS)
        refused(calendar, "11:00")
        calendar.cut("13:00")
        with django_assert_max_num_queries(len(one)):
            desk.get(APPOINTMENTS)

    def test_several_are_compared_at_once(self, desk: Client, calendar: CalendarSalon) -> None:
        appointments = [calendar.cut("09:00"), calendar.cut("11:00"), refused(calendar, "13:00").appointment]
        data = {"action": "compare_selected", "_selected_action": [one.pk for one in appointments]}
        page = desk.post(APPOINTMENTS, data, follow=True)
        assert messages(page) == [
            "Herrenhaarschnitt, Mara Test: Dieser Termin wartet auf eine Entscheidung.",
            "2 Termine stimmen mit dem Kalender überein.",
        ]
        assert calendar.there() == [(101, "09:00", "09:55"), (101, "11:00", "11:55")]

    def test_who_may_only_look_has_no_such_action(self, calendar: CalendarSalon) -> None:
        calendar.cut()
        user = User.objects.create_user("aushilfe", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_appointment"))
        client = Client()
        client.force_login(user)
        assert "abgleichen" not in text_of(client.get(APPOINTMENTS))
