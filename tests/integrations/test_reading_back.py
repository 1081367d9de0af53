"""What is believed to stand at Cal.com and was never seen there is read back (incidents 3, F8)."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from integrations import tasks
from integrations.models import CalendarBooking
from integrations.resolving.reading_back import read_back, unverified
from tests.admin.conftest import desk  # noqa: F401 - a fixture
from tests.integrations.calendar import CalendarSalon, calendar_salon, converge
from tests.salons import NOW

PAGE = reverse("admin:integrations_calendarsync_read_back")


@pytest.fixture
def calendar(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalendarSalon]:
    """A cut and a perm that stand there, but were never seen."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        for appointment in (salon.cut(), salon.perm("12:00")):
            assert converge(appointment) == "agreed"
        CalendarBooking.objects.update(verified_at=None)
        yield salon


def run(*arguments: str) -> int:
    try:
        call_command("verify_calendar", *arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def never_seen() -> int:
    return CalendarBooking.objects.filter(verified_at=None).count()


def test_the_dry_run_says_what_would_be_read_and_asks_nobody(
    calendar: CalendarSalon, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.CALCOM_API_URL = "http://127.0.0.1:9"
    assert run("--dry-run", "--per-minute", "2") == 0
    said = capsys.readouterr().out
    assert "Herrenhaarschnitt" in said
    assert "3 Buchungen würden zurückgelesen" in said
    assert "6 Anfragen, etwa 3 Minuten" in said
    assert "Mara" not in said
    assert never_seen() == 4


def test_what_stands_there_is_seen_and_not_asked_about_again(
    calendar: CalendarSalon, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert run("--per-minute", "60") == 0
    assert "2 gesehen, 0 nicht" in capsys.readouterr().out
    assert (never_seen(), sum(slept)) == (0, 6)
    assert not unverified(calendar.salon.company, now=timezone.now()).exists()


def test_it_can_be_broken_off_and_begun_again(calendar: CalendarSalon) -> None:
    company = calendar.salon.company
    first, _compared = next(read_back(company, now=timezone.now()))
    (left,) = unverified(company, now=timezone.now())
    assert left.pk > first.pk
    assert [each.appointment.pk for each in read_back(company, now=timezone.now())] == [left.pk]


def test_what_differs_is_told_and_nothing_promised_is_touched(calendar: CalendarSalon) -> None:
    """Invariant I6: not known there once proves nothing."""
    row = CalendarBooking.objects.order_by("pk").first()
    assert row is not None
    assert row.appointment is not None
    calendar.world.forget(row.uid)
    assert run() == 1
    row.refresh_from_db()
    assert (row.state, row.appointment.status, never_seen()) == ("exists", "booked", 1)


@pytest.mark.parametrize(("arguments", "status"), [(("--company", "nobody"), 2), (("--per-minute", "0"), 2)])
def test_bad_input_is_2(db: None, arguments: tuple[str, ...], status: int) -> None:
    assert run(*arguments) == status


def test_the_worker_leaves_something_of_the_budget_to_callers(
    calendar: CalendarSalon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "READ_BACK_AT_ONCE", 1)
    assert tasks.verify_calendar(calendar.salon.company.pk) == 1
    (rest,) = Schedule.objects.filter(schedule_type=Schedule.ONCE)
    assert (rest.func, never_seen()) == ("integrations.tasks.verify_calendar", 3)
    assert rest.next_run > timezone.now()


def test_in_the_admin_it_is_shown_first_and_then_done(
    calendar: CalendarSalon,
    desk: Client,  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    page = desk.get(PAGE).content.decode()
    assert "3 Buchungen würden zurückgelesen" in page
    assert never_seen() == 4
    with django_capture_on_commit_callbacks(execute=True):
        page = desk.post(PAGE, follow=True).content.decode()
    assert "sobald der Hintergrunddienst läuft" in page
    (queued,) = OrmQ.objects.all()
    assert queued.task["func"] == "integrations.tasks.verify_calendar"
