"""Cal.com is asked what stands, both ways; an error is never a no (invariant I6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from appointments.models import Appointment
from appointments.models.appointment import Source, Status
from integrations.calcom.errors import Unauthorized
from integrations.incoming import reconciling
from integrations.incoming.reconciling import NoKey, Reconciliation, reconcile
from integrations.models import CalendarBooking, CalendarConnection, CalendarSync, SyncState
from integrations.tasks import reconcile_calendars, reconcile_company
from tests.integrations.calendar import CalendarSalon, calendar_salon, converge, existing
from tests.integrations.incoming.letters import open_cases
from tests.salons import MONDAY, NOW, at, make_salon


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is Sunday evening, and time goes on."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def calendar(db: None, clock: time_machine.Traveller, settings: Any) -> Iterator[CalendarSalon]:
    """Nobody tells us anything: there is no webhook."""
    with calendar_salon(settings) as salon:
        yield salon


def again(calendar: CalendarSalon, clock: time_machine.Traveller | None = None) -> Reconciliation:
    if clock is not None:
        clock.shift(timedelta(minutes=15))
    return reconcile(calendar.salon.company, now=timezone.now())


def counts(result: Reconciliation) -> tuple[int, int, int, int]:
    return result.taken_over, result.cases, result.missing, result.unknown


def booked(calendar: CalendarSalon, clock: str = "10:00", **facts: Any) -> Appointment:
    """Ours, and it stands there."""
    appointment = calendar.cut(clock, **facts)
    assert converge(appointment) == "agreed"
    return appointment


def foreign() -> Appointment:
    return Appointment.objects.get(source=Source.CALENDAR)


def test_where_all_agrees_nothing_happens(calendar: CalendarSalon) -> None:
    appointment = booked(calendar)
    before = existing(appointment)[0].verified_at

    result = again(calendar)

    assert (result.seen, result.echoes, result.is_complete, result.has_findings) == (1, 1, True, False)
    assert existing(appointment)[0].verified_at > before
    assert timezone.now() - CalendarConnection.objects.get().reconciled_until < timedelta(minutes=1)


def test_what_was_there_before_we_came_is_taken_over(calendar: CalendarSalon) -> None:
    calendar.sandbox.book(3001, at(MONDAY, "10:00"), name="Nora Vogt")

    assert counts(again(calendar)) == (1, 0, 0, 0)
    assert foreign().attendee == "Nora Vogt"
    assert counts(again(calendar)) == (0, 0, 0, 0)


def test_a_whole_life_without_a_message_is_followed(
    calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    """Incident J1: whatever way a booking comes, its time is taken at once."""
    again(calendar)
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:00"))["uid"]
    again(calendar, clock)
    uid = calendar.sandbox.reschedule(uid, at(MONDAY, "12:00"))["uid"]
    assert counts(again(calendar, clock)) == (1, 0, 0, 0)
    assert foreign().starts_at == at(MONDAY, "12:00")

    calendar.sandbox.cancel(uid)
    assert counts(again(calendar, clock)) == (1, 0, 0, 0)
    assert foreign().status == Status.CANCELLED
    assert open_cases() == []


def test_two_moves_between_two_passes_are_one_appointment(
    calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:00"))["uid"]
    again(calendar)
    uid = calendar.sandbox.reschedule(uid, at(MONDAY, "12:00"))["uid"]
    calendar.sandbox.reschedule(uid, at(MONDAY, "12:30"))

    again(calendar, clock)

    (appointment,) = Appointment.objects.blocking()
    assert appointment.starts_at == at(MONDAY, "12:30")
    assert open_cases() == []


def test_a_move_to_where_nothing_is_known_is_an_end(
    calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:00"))["uid"]
    again(calendar)
    calendar.world.forget(calendar.sandbox.reschedule(uid, at(MONDAY, "12:00"))["uid"])

    assert again(calendar, clock).is_complete
    assert foreign().status == Status.CANCELLED


@pytest.mark.parametrize("act", ["move", "cancel", "change", "reassign"])
def test_what_was_promised_is_not_touched(
    act: str, calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    """Incidents D16, F9: nothing of what is done there moves or takes back a promise."""
    appointment = booked(calendar)
    again(calendar)
    (row,) = existing(appointment)
    later = at(MONDAY, "12:00")
    {
        "move": lambda: calendar.sandbox.reschedule(row.uid, later),
        "cancel": lambda: calendar.sandbox.cancel(row.uid),
        "change": lambda: calendar.world.change(row.uid, start=later, end=later + timedelta(minutes=55)),
        "reassign": lambda: calendar.world.change(row.uid, host_id=102),
    }[act]()

    result = again(calendar, clock)

    assert (result.cases, result.has_findings) == (1, True)
    assert open_cases() == ["cancelled" if act == "cancel" else "moved"]
    current = Appointment.objects.get()
    assert (current.starts_at, current.staff, current.status) == (
        at(MONDAY, "10:00"),
        calendar.salon.emma,
        Status.BOOKED,
    )
    assert CalendarSync.objects.get().state == SyncState.HALTED
    assert again(calendar, clock).cases == 0


def test_what_was_reassigned_there_goes_to_whoever_has_it_now(
    calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:00"))["uid"]
    again(calendar)
    calendar.world.change(uid, host_id=102)

    assert again(calendar, clock).taken_over == 1
    assert foreign().staff == calendar.salon.jonas


# What is not there any more.


def test_it_is_gone_when_it_was_missing_twice(calendar: CalendarSalon, clock: time_machine.Traveller) -> None:
    appointment = booked(calendar)
    (row,) = existing(appointment)
    calendar.world.forget(row.uid)

    assert counts(again(calendar)) == (0, 0, 1, 0)
    assert counts(again(calendar)) == (0, 0, 1, 0)  # at once again proves nothing
    assert open_cases() == []

    assert counts(again(calendar, clock)) == (0, 1, 1, 0)
    assert open_cases() == ["missing"]
    assert Appointment.objects.get().is_blocking
    assert CalendarSync.objects.get().state == SyncState.HALTED
    assert existing(appointment) == []
    assert counts(again(calendar, clock)) == (0, 0, 0, 0)


def test_what_came_from_there_goes_when_it_was_missing_twice(
    calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:00"))["uid"]
    again(calendar)
    calendar.world.forget(uid)

    again(calendar, clock)
    assert foreign().is_blocking
    again(calendar, clock)
    assert foreign().status == Status.CANCELLED


def test_what_was_missing_once_and_is_back_was_never_gone(
    calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    """Incident F8: a 404 right after it was booked."""
    appointment = booked(calendar)
    booking = calendar.world.booking(existing(appointment)[0].uid)
    calendar.world.forget(booking.uid)
    again(calendar)
    calendar.world.store.put(booking)

    again(calendar, clock)
    assert existing(appointment)[0].missing_since is None

    calendar.world.forget(booking.uid)
    assert counts(again(calendar, clock)) == (0, 0, 1, 0)


def test_many_missing_at_once_is_believed_of_none(
    calendar: CalendarSalon, clock: time_machine.Traveller, caplog: Any
) -> None:
    for hour in range(10, 15):
        booked(calendar, f"{hour}:00")
    for row in CalendarBooking.objects.all()[:4]:
        calendar.world.forget(row.uid)

    for _time in range(3):
        result = again(calendar, clock)
        assert (result.mass_vanishing, result.unknown, result.cases) == (True, 4, 0)
    assert not CalendarBooking.objects.exclude(missing_since=None).exists()
    assert CalendarConnection.objects.get().reconciled_until is None
    assert any(record.levelname == "ERROR" for record in caplog.records)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        *(("list", fault) for fault in ("error_before", "malformed", "unauthorized", "cut_before")),
        *(("get", fault) for fault in ("error_before", "rate_limited", "unauthorized", "cut_before")),
    ],
)
def test_an_error_is_never_a_no(
    operation: str, fault: str, calendar: CalendarSalon, clock: time_machine.Traveller
) -> None:
    appointment = booked(calendar)
    calendar.world.forget(existing(appointment)[0].uid)
    calendar.sandbox.faults.add(fault, operation, times=None)

    result = again(calendar)

    assert result.error is not None
    assert result.has_findings
    assert existing(appointment)[0].missing_since is None
    assert CalendarConnection.objects.get().reconciled_until is None


def test_one_that_we_cannot_digest_keeps_us_from_no_other(
    calendar: CalendarSalon, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations.incoming import reconciling  # noqa: PLC0415

    first = calendar.sandbox.book(3001, at(MONDAY, "10:00"))["uid"]
    calendar.sandbox.book(3001, at(MONDAY, "12:00"))
    observe = reconciling.observe

    def failing(company: Any, seen: Any, **how: Any) -> Any:
        if seen.uid == first:
            raise ValueError(seen)
        return observe(company, seen, **how)

    monkeypatch.setattr(reconciling, "observe", failing)
    result = again(calendar)

    assert (result.taken_over, result.unknown, result.is_complete) == (1, 1, False)
    assert CalendarConnection.objects.get().reconciled_until is None
    monkeypatch.undo()
    assert again(calendar).taken_over == 1


def test_ours_that_is_just_being_booked_is_not_taken_for_a_strangers(calendar: CalendarSalon) -> None:
    """Our request timed out after its effect: whether it stands, convergence looks up."""
    calendar.sandbox.faults.add("timeout_after", "create", seconds=2)
    appointment = calendar.cut("10:00")
    assert converge(appointment, seconds=0.3) == "pending"

    again(calendar)

    assert Appointment.objects.count() == 1
    assert open_cases() == []


# The command.


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile_calendar", *arguments, stdout=out, stderr=out)
    except SystemExit as ending:
        return int(str(ending.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_it_found(calendar: CalendarSalon, clock: time_machine.Traveller) -> None:
    calendar.sandbox.book(3001, at(MONDAY, "10:00"))
    assert run() == (
        0,
        "morgenrot: 1 seen, 0 as known, 1 taken over, 0 cases, 0 missing, 0 unknown.\n",
    )

    calendar.sandbox.cancel(existing(foreign())[0].uid)
    booked(calendar, "14:00")
    calendar.sandbox.cancel(existing(Appointment.objects.get(source=Source.STAFF))[0].uid)
    clock.shift(timedelta(minutes=1))
    status, line = run("--company", "morgenrot", "--since", NOW.isoformat())
    assert status == 1
    assert "1 taken over, 1 cases" in line


@pytest.mark.parametrize(
    "arguments",
    [
        ["--company", "nobody"],
        ["--since", "yesterday"],
        ["--since", "2025-13-45T00:00:00Z"],
        ["--since", "0001-01-01T00:00:00Z"],
    ],
)
def test_bad_input_is_one_clear_line(arguments: list[str], calendar: CalendarSalon) -> None:
    status, line = run(*arguments)

    assert status == 2
    assert line.count("\n") == 1


def test_without_a_key_there_is_nothing_to_compare_with(calendar: CalendarSalon, settings: Any) -> None:
    settings.CALCOM_API_KEY = ""

    assert run()[0] == run("--company", "morgenrot")[0] == 2
    with pytest.raises(NoKey):
        reconcile(calendar.salon.company, now=timezone.now())
    assert reconcile_calendars() == 0


def test_a_wrong_key_is_said(calendar: CalendarSalon, settings: Any) -> None:
    settings.CALCOM_API_KEY = "wrong"

    status, line = run()

    assert status == 1
    assert str(Unauthorized()) in line


def test_the_schedule_gives_each_company_a_task(
    calendar: CalendarSalon, django_capture_on_commit_callbacks: Any
) -> None:
    make_salon("without-calendar")
    calendar.sandbox.book(3001, at(MONDAY, "10:00"))

    with django_capture_on_commit_callbacks(execute=True):
        assert reconcile_calendars() == 1
    (queued,) = [each for each in OrmQ.objects.all() if each.task["func"].endswith("reconcile_company")]
    assert queued.task["args"] == (calendar.salon.company.pk,)
    assert "1 taken over" in reconcile_company(*queued.task["args"])


def test_after_the_clock_was_set_back_nothing_is_left_out(
    calendar: CalendarSalon, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last pass seems to have been in an hour: what was changed meanwhile is looked at all the same."""
    asked: list[datetime] = []
    changes = reconciling._Pass._look_at_changes
    monkeypatch.setattr(
        reconciling._Pass,
        "_look_at_changes",
        lambda self, since: (asked.append(since), changes(self, since))[1],
    )
    clock.move_to(NOW, tick=False)
    again(calendar)
    clock.shift(timedelta(hours=-1))

    again(calendar)

    assert asked == [timezone.now() - timedelta(days=1)]
    assert CalendarConnection.objects.get().reconciled_until == timezone.now()
