"""Whatever goes wrong leaves a true state, and nothing is ever booked twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from appointments.models.appointment import Status
from integrations import convergence
from integrations.consistency import agreements
from integrations.convergence.due import try_again, try_unmapped_again
from integrations.convergence.sentences import error_sentence
from integrations.models import BookingState, CalendarCase, CalendarHost, CaseKind, Solution, SyncState
from integrations.tasks import alarm_about_pending, sync_calendar
from tests.integrations.calendar import CUTS, CalendarSalon, converge, existing, rows, sync_of
from tests.salons import MONDAY, at

CUT = CUTS[101]


def later(time: time_machine.Traveller, **passed: float) -> None:
    time.shift(timedelta(**passed))


@pytest.mark.parametrize("fault", ["timeout_before", "error_before", "cut_before"])
def test_what_never_arrived_is_looked_for_and_then_booked(
    calendar: CalendarSalon, time: time_machine.Traveller, fault: str
) -> None:
    appointment = calendar.cut()
    calendar.sandbox.faults.add(fault, "create", seconds=2)

    assert converge(appointment, seconds=1) == "pending"
    (row,) = rows(appointment)
    assert row.state == BookingState.UNKNOWN
    assert sync_of(appointment).pending_since is not None

    assert converge(appointment) == "pending"  # it may still be on its way: nothing is repeated yet
    assert "create" not in calendar.sandbox.operations()[1:]

    later(time, minutes=2)
    assert converge(appointment) == "agreed"
    assert calendar.there() == [(101, "10:00", "10:55")]


@pytest.mark.parametrize("fault", ["timeout_after", "error_after", "cut_after", "malformed"])
def test_what_arrived_without_an_answer_is_found_and_not_repeated(
    calendar: CalendarSalon, fault: str
) -> None:
    """Incident D7: one appointment, two bookings."""
    appointment = calendar.cut()
    calendar.sandbox.faults.add(fault, "create", seconds=2)
    assert converge(appointment, seconds=1) == "pending"

    assert converge(appointment) == "agreed"

    assert calendar.there() == [(101, "10:00", "10:55")]
    assert calendar.sandbox.operations().count("create") <= 1


def test_refused_although_booked(calendar: CalendarSalon) -> None:
    """Incident F8: HTTP 400 though booked."""
    appointment = calendar.cut()
    calendar.sandbox.faults.add("refused_although_booked", "create")

    assert converge(appointment) == "agreed"
    assert calendar.there() == [(101, "10:00", "10:55")]


def test_what_was_cancelled_while_it_was_unknown_does_not_stay_there(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    appointment = calendar.cut()
    calendar.sandbox.faults.add("error_after", "create")
    converge(appointment)

    cancelled = calendar.cancel(appointment)
    assert converge(cancelled) == "agreed"

    assert calendar.there() == []


def test_another_time_than_asked_for_is_undone(calendar: CalendarSalon) -> None:
    """Incidents 2 and D2."""
    appointment = calendar.cut()
    calendar.sandbox.faults.add("shifted", "create", minutes=30)

    assert converge(appointment) == "refused"

    assert calendar.there() == []
    assert CalendarCase.objects.get().kind == CaseKind.OTHER_BOOKING
    assert sync_of(appointment).state == SyncState.HALTED
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED  # promised by staff: it is theirs to decide (I5)


def test_another_host_than_asked_for_is_undone(calendar: CalendarSalon) -> None:
    appointment = calendar.cut()
    calendar.sandbox.faults.add("other_host", "create", host=102)

    assert converge(appointment) == "refused"
    assert calendar.there() == []


def test_a_time_taken_there_is_a_case_if_it_was_promised(calendar: CalendarSalon) -> None:
    """Invariant I5: the salon keeps its word until somebody decides."""
    calendar.sandbox.book(CUT, at(MONDAY, "10:30"))
    appointment = calendar.cut("10:00")

    assert converge(appointment) == "refused"

    case = CalendarCase.objects.get()
    assert (case.kind, case.appointment) == (CaseKind.REFUSED, appointment)
    assert calendar.there() == [(101, "10:30", "11:25")]
    assert converge(appointment) == "busy"  # nothing more is sent until then
    assert error_sentence("taken") != error_sentence("something else")


def test_one_part_refused_leaves_the_others_for_whoever_decides(calendar: CalendarSalon) -> None:
    appointment = calendar.perm("10:00")
    calendar.sandbox.faults.add("refused", "create", event_type=3003)

    assert converge(appointment) == "refused"

    assert calendar.there() == [(101, "10:00", "10:50"), (101, "11:20", "12:15")]
    assert sync_of(appointment).state == SyncState.HALTED


@pytest.mark.parametrize(
    ("fault", "code"),
    [("rate_limited", "rate_limited"), ("unauthorized", "unauthorized")],
)
def test_what_will_pass_is_tried_again(calendar: CalendarSalon, fault: str, code: str) -> None:
    """A wrong or revoked key, and a storm of 429."""
    appointment = calendar.cut()
    calendar.sandbox.faults.add(fault, "create")

    assert converge(appointment) == "pending"

    sync = sync_of(appointment)
    assert (sync.state, sync.error_code) == (SyncState.PENDING, code)
    assert error_sentence(code) != error_sentence("something else")
    assert calendar.there() == []


def test_a_deleted_event_type_is_a_case(calendar: CalendarSalon) -> None:
    appointment = calendar.cut()
    calendar.world.account.event_types.pop(CUT)

    assert converge(appointment) == "halted"
    assert CalendarCase.objects.get().kind == CaseKind.REFUSED


def test_an_unmapped_stylist_is_a_case_and_no_request(calendar: CalendarSalon) -> None:
    """Incidents 1 and E1."""
    calendar.salon.emma.calendar_host.delete()
    appointment = calendar.cut()

    assert converge(appointment) == "halted"

    assert CalendarCase.objects.get().kind == CaseKind.UNMAPPED
    assert sync_of(appointment).error_detail == "Emma Keller"
    assert calendar.sandbox.operations() == []


def test_moved_to_whom_the_calendar_does_not_know_it_leaves_its_old_place(calendar: CalendarSalon) -> None:
    """Otherwise our own entry would keep out whoever is promised that time next."""
    appointment = calendar.cut("10:00")
    converge(appointment)
    calendar.salon.jonas.calendar_host.delete()

    moved = calendar.move(appointment, "10:00", calendar.salon.jonas)

    assert converge(moved) == "halted"
    assert CalendarCase.objects.get().kind == CaseKind.UNMAPPED
    assert calendar.there() == []


def test_a_mapping_that_is_lost_takes_no_entry_with_it(calendar: CalendarSalon) -> None:
    appointment = calendar.cut("10:00")
    converge(appointment)
    calendar.salon.emma.calendar_host.delete()
    try_again(appointment, now=timezone.now())

    assert converge(appointment) == "halted"
    assert calendar.there() == [(101, "10:00", "10:55")]


def test_a_mapping_that_becomes_complete_cures_it(calendar: CalendarSalon) -> None:
    calendar.salon.emma.calendar_host.delete()
    appointment = calendar.cut()
    converge(appointment)

    CalendarHost.objects.create(company=calendar.salon.company, staff=calendar.salon.emma, calcom_user_id=101)
    try_unmapped_again(calendar.salon.company)
    sync_calendar()

    assert sync_of(appointment).state == SyncState.SYNCED
    assert CalendarCase.objects.get().solution == Solution.ITSELF


def test_without_a_key_it_waits_and_says_why(
    calendar: CalendarSalon, settings: pytest.FixtureRequest
) -> None:
    settings.CALCOM_API_KEY = ""
    appointment = calendar.cut()

    assert converge(appointment) == "pending"
    assert sync_of(appointment).error_code == "no_key"


@pytest.mark.parametrize("fault", ["error_before", "error_after", "cut_after", "timeout_after"])
def test_a_move_without_an_answer_ends_where_it_should(
    calendar: CalendarSalon, time: time_machine.Traveller, fault: str
) -> None:
    appointment = calendar.cut("10:00")
    converge(appointment)
    moved = calendar.move(appointment, "14:00")
    calendar.sandbox.faults.add(fault, "reschedule", seconds=2)

    assert converge(moved, seconds=1) == "pending"
    later(time, minutes=2)
    assert converge(moved) == "agreed"

    assert calendar.there() == [(101, "14:00", "14:55")]
    assert len(existing(moved)) == 1


@pytest.mark.parametrize("fault", ["error_before", "error_after", "cut_after", "timeout_after"])
def test_a_cancel_without_an_answer_is_sent_again(calendar: CalendarSalon, fault: str) -> None:
    appointment = calendar.cut()
    converge(appointment)
    cancelled = calendar.cancel(appointment)
    calendar.sandbox.faults.add(fault, "cancel", seconds=2)

    assert converge(cancelled, seconds=1) == "pending"
    assert converge(cancelled) == "agreed"
    assert calendar.there() == []


def test_not_found_is_believed_the_second_time(calendar: CalendarSalon, time: time_machine.Traveller) -> None:
    """Invariant I6: a 404 right after a create, or from a calendar that has lost its mind."""
    appointment = calendar.cut()
    converge(appointment)
    (row,) = existing(appointment)
    calendar.world.forget(row.uid)
    cancelled = calendar.cancel(appointment)

    assert converge(cancelled) == "pending"
    row.refresh_from_db()
    assert row.state == BookingState.UNKNOWN
    converge(cancelled)

    later(time, minutes=2)
    assert converge(cancelled) == "agreed"
    row.refresh_from_db()
    assert row.state == BookingState.ABSENT


def test_cancelled_at_calcom_meanwhile_is_a_case_when_it_is_moved(calendar: CalendarSalon) -> None:
    appointment = calendar.cut()
    converge(appointment)
    (row,) = existing(appointment)
    calendar.sandbox.cancel(row.uid)
    moved = calendar.move(appointment, "14:00")

    outcomes = [converge(moved), converge(moved)]

    assert outcomes[-1] == "halted"
    assert CalendarCase.objects.get().kind == CaseKind.CANCELLED


def test_moved_at_calcom_meanwhile_is_a_case_when_it_is_moved(calendar: CalendarSalon) -> None:
    appointment = calendar.cut()
    converge(appointment)
    (row,) = existing(appointment)
    calendar.sandbox.reschedule(row.uid, at(MONDAY, "16:00"))
    moved = calendar.move(appointment, "14:00")

    outcomes = [converge(moved), converge(moved)]

    assert outcomes[-1] == "halted"
    case = CalendarCase.objects.get()
    assert case.kind == CaseKind.MOVED
    assert case.facts["starts_at"].startswith("2025-11-24T15:00")


def test_a_worker_that_died_leaves_a_trace_that_is_looked_up(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    """Attempts are rows before they are sent."""
    from django.utils import timezone  # noqa: PLC0415

    from integrations.convergence.attempts import begin_creates, rows_of  # noqa: PLC0415
    from integrations.convergence.wanted import wanted_of  # noqa: PLC0415

    appointment = calendar.cut()
    now = timezone.now()
    segments = wanted_of(appointment, rows_of(appointment), now=now).segments
    begin_creates(appointment, segments, now=now, deadline=now + timedelta(seconds=5))

    assert converge(appointment) == "pending"
    assert calendar.sandbox.operations() == []
    later(time, minutes=2)
    assert converge(appointment) == "agreed"
    assert calendar.there() == [(101, "10:00", "10:55")]


def test_pending_for_five_minutes_is_said_aloud_once(
    calendar: CalendarSalon, time: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    """Incident F6 and invariant I12."""
    appointment = calendar.cut()
    calendar.sandbox.faults.add("error_before", "create", times=None)
    sync_calendar()
    assert alarm_about_pending() == 0

    later(time, minutes=6)
    assert alarm_about_pending() == 1
    assert alarm_about_pending() == 1
    assert sum("five minutes" in record.message for record in caplog.records) == 1

    calendar.sandbox.faults.clear()
    later(time, minutes=30)
    sync_calendar()
    later(time, minutes=30)
    sync_calendar()
    assert sync_of(appointment).state == SyncState.SYNCED
    assert alarm_about_pending() == 0


class TestOutside:
    """Cal.com takes no booking at all for a time: too soon, too far ahead. Nobody else gets it there."""

    @pytest.fixture
    def soon(self, calendar: CalendarSalon, time: time_machine.Traveller) -> CalendarSalon:
        """It is nine o'clock, and Cal.com wants to know two hours ahead."""
        time.move_to(at(MONDAY, "09:00"))
        types = calendar.world.account.event_types
        types[CUT] = replace(types[CUT], notice=120)
        return calendar

    def test_a_walk_in_is_no_case(self, soon: CalendarSalon) -> None:
        appointment = soon.cut("09:30")

        assert converge(appointment) == "outside"

        sync = sync_of(appointment)
        assert (sync.state, sync.error_code) == (SyncState.NONE, "out_of_bounds")
        assert not CalendarCase.objects.exists()
        assert agreements(appointment.company, timezone.now()) == {}  # nothing that could disagree

    def test_moved_to_such_a_time_it_does_not_stay_where_it_was(self, soon: CalendarSalon) -> None:
        appointment = soon.cut("14:00")
        converge(appointment)

        assert converge(soon.move(appointment, "09:30")) == "outside"
        assert soon.there() == []

    def test_a_caller_gets_it(self, soon: CalendarSalon, settings: pytest.FixtureRequest) -> None:
        settings.CALENDAR_CALL_BUDGET_MS = 5000
        appointment = soon.cut("09:30", undecided=True)
        assert convergence.settle(appointment) == convergence.Settled(True, "none")

    def test_what_is_too_far_ahead_is_entered_when_it_is_not(
        self, calendar: CalendarSalon, time: time_machine.Traveller
    ) -> None:
        types = calendar.world.account.event_types
        far = types[CUT]
        types[CUT] = replace(far, notice=60 * 24 * 30)
        appointment = calendar.cut()
        converge(appointment)
        types[CUT] = far

        later(time, hours=7)
        sync_calendar()
        assert sync_of(appointment).state == SyncState.SYNCED

    def test_where_the_calendar_has_the_last_word_a_person_has_to_confirm(self, soon: CalendarSalon) -> None:
        soon.salon.branch.calendar = "strict"
        soon.salon.branch.save()
        appointment = soon.cut("09:30", source="phone")

        assert converge(appointment) == "outside"
        assert CalendarCase.objects.get().kind == CaseKind.REFUSED
