"""A branch's calendar is switched with a look beforehand and a way back, and no call that runs is broken."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments import calendar_modes
from appointments.access import Role
from appointments.audit import Channel, acting
from appointments.models import Appointment, Branch
from appointments.models.company import CalendarMode
from integrations.convergence.due import sync_due
from integrations.models import CalendarConnection, CalendarHost, CalendarSync
from integrations.switching import preview
from tests.admin.test_scoping import member
from tests.calls.phone import CUT, Phone
from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.salons import NOW, make_salon

OFF, MIRROR, STRICT = CalendarMode.OFF, CalendarMode.MIRROR, CalendarMode.STRICT


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    settings.CALENDAR_CALL_BUDGET_MS = 5000
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


def switch(calendar: CalendarSalon, mode: CalendarMode) -> None:
    calendar.salon.branch = calendar_modes.switch(calendar.salon.branch, mode)


def told(calendar: CalendarSalon, mode: CalendarMode) -> list[str]:
    return list(preview(calendar.salon.branch, mode, now=timezone.now()))


def work() -> None:
    """The worker, after the minutes in which those that were noted together take their turn."""
    for turn in (5, 10, 15):
        sync_due(now=timezone.now() + timezone.timedelta(minutes=turn))


class TestSwitchedOn:
    def test_what_is_to_come_is_entered_and_said_beforehand(self, calendar: CalendarSalon) -> None:
        switch(calendar, OFF)
        calendar.cut("10:00")
        calendar.cut("12:00")
        assert (
            told(calendar, MIRROR)[0]
            == "2 kommende Termine werden bei Cal.com eingetragen, die nächsten zuerst."
        )

        switch(calendar, MIRROR)
        work()

        assert calendar.there() == [(101, "10:00", "10:55"), (101, "12:00", "12:55")]

    def test_what_changed_meanwhile_is_followed(self, calendar: CalendarSalon) -> None:
        moved, gone = calendar.cut("10:00"), calendar.cut("12:00")
        work()
        switch(calendar, OFF)
        calendar.move(Appointment.objects.get(pk=moved.pk), "15:00")
        calendar.cancel(Appointment.objects.get(pk=gone.pk))
        work()
        assert calendar.there() == [(101, "10:00", "10:55"), (101, "12:00", "12:55")]

        switch(calendar, STRICT)
        work()

        assert calendar.there() == [(101, "15:00", "15:55")]

    def test_who_has_no_calendar_there_is_named(self, calendar: CalendarSalon) -> None:
        switch(calendar, OFF)
        CalendarHost.objects.filter(staff=calendar.salon.jonas).delete()
        assert "Kein Kalender ist bekannt von: Jonas Brandt." in " ".join(told(calendar, STRICT))


class TestSwitchedOff:
    def test_what_stands_there_stays(self, calendar: CalendarSalon) -> None:
        calendar.cut("10:00")
        work()
        waiting = calendar.cut("12:00")
        assert told(calendar, OFF)[0].startswith("1 Eintrag bleibt bei Cal.com, wie er ist;")
        assert told(calendar, OFF)[1].startswith("1 Änderung, die noch nicht eingetragen ist,")

        switch(calendar, OFF)
        work()

        assert calendar.there() == [(101, "10:00", "10:55")]
        assert Appointment.objects.get(pk=waiting.pk).status == "booked"


MODES = [(was, then) for was in (MIRROR, STRICT, OFF) for then in (MIRROR, STRICT, OFF) if was != then]


@pytest.mark.parametrize(("was", "then"), MODES)
def test_a_call_that_runs_books_what_was_called_free(
    calendar: CalendarSalon, was: CalendarMode, then: CalendarMode
) -> None:
    """And is told what is true: that it stands in the calendar if it does, nothing of it if there is none."""
    switch(calendar, was)
    phone = Phone(calendar.salon.number)
    assert phone.ask("check_availability", **CUT)["status"] == "available"
    switch(calendar, then)
    assert phone.ask("pre_booking_revalidation", **CUT)["status"] == "valid"
    reply = phone.ask("start_booking", **CUT, name="Jana Probst")

    assert (reply["status"], reply["calendar"]) == ("booked", "none" if then == OFF else "synced")
    assert Appointment.objects.get().status in {"booked", "confirmed"}
    assert len(calendar.there()) == (0 if then == OFF else 1)


def test_back_in_one_step_with_who_and_when(calendar: CalendarSalon) -> None:
    branch = calendar.salon.branch
    assert calendar_modes.former(branch) is None
    with acting(Channel.STAFF, "anna"):
        branch = calendar_modes.switch(branch, STRICT)
    assert calendar_modes.former(branch) == MIRROR

    said = StringIO()
    call_command("calendar_mode", "morgenrot/Mitte", "--back", stdout=said)
    assert said.getvalue().startswith("morgenrot/Mitte: strict -> mirror\n  Anrufern wird ihr Termin")
    assert Branch.objects.get(pk=branch.pk).calendar == STRICT

    call_command("calendar_mode", "morgenrot/Mitte", "--back", "--apply", stdout=said)
    branch = Branch.objects.get(pk=branch.pk)
    modes = [(each.mode, each.by) for each in calendar_modes.switches(branch)]
    assert [mode for mode, _by in modes] == [MIRROR, STRICT, MIRROR]
    assert modes[0][1].startswith("calendar_mode")
    assert modes[1][1] == "anna"
    shown = StringIO()
    call_command("calendar_mode", "morgenrot/Mitte", stdout=shown)
    assert [line.split()[2] for line in shown.getvalue().splitlines()] == ["mirror", "strict", "mirror"]


@pytest.mark.parametrize("arguments", [("morgenrot/Süd",), ("morgenrot/Mitte", "--back")])
def test_what_cannot_be_is_one_line_and_two(
    calendar: CalendarSalon, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        call_command("calendar_mode", *arguments)
    assert (refused.value.code, capsys.readouterr().err.count("\n")) == (2, 1)


class TestPages:
    @pytest.fixture
    def page(self, calendar: CalendarSalon) -> str:
        connection, _ = CalendarConnection.objects.get_or_create(company=calendar.salon.company)
        return reverse("admin:integrations_calendarconnection_branches", args=[connection.pk])

    def test_a_look_the_deed_and_back(self, calendar: CalendarSalon, page: str) -> None:
        owner = member(calendar.salon, Role.OWNER)
        wish = {"branch": calendar.salon.branch.pk, "mode": "off"}
        looked = owner.get(page, wish).content.decode()
        assert "0 Einträge bleiben bei Cal.com" in looked
        assert Branch.objects.get().calendar == MIRROR

        done = owner.post(page, wish, follow=True).content.decode()
        assert "Mitte, Kalender: nicht in Gebrauch" in done
        assert "Zurück zu: folgt unseren Buchungen" in done
        assert Branch.objects.get().calendar == OFF

        owner.post(page, {**wish, "mode": "mirror"})
        assert Branch.objects.get().calendar == MIRROR

    def test_nonsense_changes_nothing(self, calendar: CalendarSalon, page: str) -> None:
        owner, stranger = member(calendar.salon, Role.OWNER), make_salon("abendrot")
        for wish in (
            {"branch": "x", "mode": "off"},
            {"branch": calendar.salon.branch.pk, "mode": "loud"},
            {"branch": stranger.branch.pk, "mode": "mirror"},
            {},
        ):
            assert owner.post(page, wish).status_code == 302
            assert owner.get(page, wish).status_code == 200
        assert set(Branch.objects.values_list("calendar", flat=True)) == {"mirror", "off"}

    def test_for_the_owner_of_this_salon(self, calendar: CalendarSalon, page: str) -> None:
        assert member(calendar.salon, Role.MANAGER).get(page).status_code == 403
        assert member(make_salon("abendrot"), Role.OWNER).get(page).status_code == 404

    def test_the_branchs_own_page_tells_the_calendar_too(
        self, calendar: CalendarSalon, admin_client: Client
    ) -> None:
        switch(calendar, OFF)
        calendar.cut("10:00")
        url = reverse("admin:appointments_branch_change", args=[calendar.salon.branch.pk])
        form = admin_client.get(url).context["adminform"].form
        fields = {name: value for name, value in form.initial.items() if name in form.fields}
        inlines = {}
        for each in admin_client.get(url).context["inline_admin_formsets"]:
            inlines |= {f"{each.formset.prefix}-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
        answer = admin_client.post(url, {**fields, **inlines, "calendar": "mirror"})

        assert answer.status_code == 302
        assert CalendarSync.objects.count() == 1
