"""The moment of promise: one compare-and-set between commit and reply."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments import booking
from appointments.models import Allocation, Appointment
from appointments.models.appointment import Status
from integrations import convergence
from integrations.calcom.line import Line
from integrations.models import CalendarCase, CaseKind, Promise, SyncState
from integrations.tasks import sync_calendar
from tests.integrations.calendar import CUTS, CalendarSalon, existing, sync_of
from tests.salons import MONDAY, at

CUT = CUTS[101]


@pytest.fixture(autouse=True)
def patient(settings: pytest.FixtureRequest) -> None:
    """Enough for a busy machine; the budget itself is tested where it runs out."""
    settings.CALENDAR_CALL_BUDGET_MS = 5000


def test_what_stands_there_is_promised(calendar: CalendarSalon) -> None:
    appointment = calendar.perm(undecided=True)
    assert sync_of(appointment).promise == Promise.UNDECIDED

    assert convergence.settle(appointment) == convergence.Settled(True, "synced")
    assert sync_of(appointment).promise == Promise.PROMISED
    assert len(calendar.there()) == 3


def test_a_refusal_that_comes_first_undoes_everything(calendar: CalendarSalon) -> None:
    """Invariant I4, incidents 3 and D5: neither row nor booking."""
    calendar.sandbox.book(3003, at(MONDAY, "11:05"))
    appointment = calendar.perm("10:00", undecided=True)

    assert not convergence.settle(appointment).promised

    appointment.refresh_from_db()
    assert appointment.status == Status.REJECTED
    assert not Allocation.objects.exists()
    assert calendar.there() == [(101, "11:05", "11:10")]
    assert not CalendarCase.objects.exists()


def test_a_shifted_booking_is_refused_and_undone(calendar: CalendarSalon) -> None:
    """Incident 2."""
    appointment = calendar.cut(undecided=True)
    calendar.sandbox.faults.add("shifted", "create", minutes=30)

    assert not convergence.settle(appointment).promised
    assert calendar.there() == []


@pytest.mark.parametrize("fault", ["error_before", "cut_after", "rate_limited"])
def test_without_an_answer_it_is_promised_and_pending(calendar: CalendarSalon, fault: str) -> None:
    appointment = calendar.cut(undecided=True)
    calendar.sandbox.faults.add(fault, "create")

    assert convergence.settle(appointment) == convergence.Settled(True, "pending")
    assert sync_of(appointment).promise == Promise.PROMISED


def test_the_budget_ends_the_wait(calendar: CalendarSalon, settings: pytest.FixtureRequest) -> None:
    settings.CALENDAR_CALL_BUDGET_MS = 100
    calendar.world.latency_ms = 2000
    appointment = calendar.cut(undecided=True)

    assert convergence.settle(appointment) == convergence.Settled(True, "pending")


def test_a_refusal_after_the_promise_is_a_case_and_takes_nothing(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    """Invariant I5."""
    appointment = calendar.cut("10:00", undecided=True)
    calendar.sandbox.faults.add("error_before", "create")
    convergence.settle(appointment)
    calendar.sandbox.book(CUT, at(MONDAY, "10:20"))

    time.shift(timedelta(minutes=5))
    sync_calendar()

    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
    assert CalendarCase.objects.get().kind == CaseKind.REFUSED
    assert sync_of(appointment).state == SyncState.HALTED


def test_what_is_decided_stays_decided(calendar: CalendarSalon) -> None:
    """A repeat of the message is answered as the first."""
    appointment = calendar.cut(undecided=True)
    first = convergence.settle(appointment)
    calendar.sandbox.forget_requests()

    assert convergence.settle(appointment) == first
    assert calendar.sandbox.operations() == []


def test_the_worker_leaves_a_call_its_time_and_answers_for_it_afterwards(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    """The process that talked to the caller has died between commit and reply."""
    appointment = calendar.cut(undecided=True)

    assert sync_calendar() == 0
    time.shift(timedelta(minutes=1))
    assert sync_calendar() == 1

    assert sync_of(appointment).promise == Promise.PROMISED
    assert calendar.there() == [(101, "10:00", "10:55")]


def test_a_stranger_who_slipped_in_is_noticed_before_the_promise(calendar: CalendarSalon) -> None:
    """Cal.com lets overlapping bookings through that come at the same moment (calcom.md, point 3)."""
    appointment = calendar.cut("10:00", undecided=True)

    def slip_in() -> None:
        calendar.world.in_the_gap = lambda: None
        calendar.sandbox.book(CUT, at(MONDAY, "10:20"))

    calendar.world.in_the_gap = slip_in

    assert not convergence.settle(appointment).promised
    assert calendar.there() == [(101, "10:20", "11:15")]


def test_a_stranger_noticed_after_the_promise_is_a_case(calendar: CalendarSalon) -> None:
    appointment = calendar.cut("10:00")

    def slip_in() -> None:
        calendar.world.in_the_gap = lambda: None
        calendar.sandbox.book(CUT, at(MONDAY, "10:20"))

    calendar.world.in_the_gap = slip_in
    sync_calendar()

    case = CalendarCase.objects.get()
    assert (case.kind, case.appointment) == (CaseKind.OVERLAP, appointment)
    assert case.facts["starts_at"].startswith("2025-11-24T09:20")


class TestMove:
    """A move by phone loses neither time until the new one is decided (incident C16)."""

    @staticmethod
    def move(calendar: CalendarSalon, clock: str) -> Appointment:
        appointment = calendar.cut("10:00")
        convergence.converge(appointment.pk, seconds=5)
        moved = booking.reschedule(
            appointment,
            booking.Move(start=at(MONDAY, clock)),
            now=timezone.now(),
            keeps_old_until=timezone.now() + timedelta(minutes=2),
        )
        convergence.await_answer(moved, now=timezone.now())
        return moved

    def test_refused_it_stands_where_it_stood(self, calendar: CalendarSalon) -> None:
        calendar.sandbox.book(CUT, at(MONDAY, "14:20"))
        moved = self.move(calendar, "14:00")

        assert not convergence.settle(moved).promised

        moved.refresh_from_db()
        assert (moved.status, moved.starts_at) == (Status.BOOKED, at(MONDAY, "10:00"))
        assert [each.period.start for each in Allocation.objects.filter(appointment=moved)] == [
            at(MONDAY, "10:00")
        ]
        assert calendar.there() == [(101, "10:00", "10:55"), (101, "14:20", "15:15")]
        assert not CalendarCase.objects.exists()

    def test_refused_after_the_promise_its_old_time_is_left(
        self, calendar: CalendarSalon, time: time_machine.Traveller
    ) -> None:
        """Found by chaos, seed 4711: the old entry kept out whom that time had been promised to since."""
        moved = self.move(calendar, "14:00")
        calendar.sandbox.faults.add("error_before", "reschedule")
        assert convergence.settle(moved).promised
        calendar.sandbox.book(CUT, at(MONDAY, "14:20"))
        time.shift(timedelta(minutes=5))
        sync_calendar()
        assert [case.kind for case in CalendarCase.objects.all()] == [CaseKind.REFUSED]

        other = calendar.cut("10:00")
        sync_calendar()

        assert sync_of(other).state == SyncState.SYNCED
        assert calendar.there() == [(101, "10:00", "10:55"), (101, "14:20", "15:15")]

    def test_accepted_it_gives_the_old_time_back(self, calendar: CalendarSalon) -> None:
        moved = self.move(calendar, "14:00")

        assert convergence.settle(moved) == convergence.Settled(True, "synced")

        assert [each.period.start for each in Allocation.objects.all()] == [at(MONDAY, "14:00")]
        assert calendar.there() == [(101, "14:00", "14:55")]
        assert len(existing(moved)) == 1

    def test_shifted_it_goes_back(self, calendar: CalendarSalon) -> None:
        moved = self.move(calendar, "14:00")
        calendar.sandbox.faults.add("shifted", "reschedule", minutes=30)

        assert not convergence.settle(moved).promised
        sync_calendar()
        assert calendar.there() == [(101, "10:00", "10:55")]


class TestStrict:
    """Where the calendar has the last word, its agreement makes an appointment firm."""

    @pytest.fixture
    def calendar(self, calendar: CalendarSalon) -> CalendarSalon:
        calendar.salon.branch.calendar = "strict"
        calendar.salon.branch.save()
        return calendar

    def test_in_time(self, calendar: CalendarSalon) -> None:
        appointment = calendar.cut(source="phone", undecided=True)
        assert appointment.status == Status.PROVISIONAL

        convergence.settle(appointment)
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_later(self, calendar: CalendarSalon, time: time_machine.Traveller) -> None:
        appointment = calendar.cut(source="phone", undecided=True)
        calendar.sandbox.faults.add("error_before", "create")
        convergence.settle(appointment)
        appointment.refresh_from_db()
        assert appointment.status == Status.PROVISIONAL

        time.shift(timedelta(minutes=5))
        sync_calendar()
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED
        assert sync_of(appointment).state == SyncState.SYNCED

    def test_what_was_cancelled_while_it_was_asked_stays_cancelled(
        self, calendar: CalendarSalon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Becoming firm must not bring it back."""
        appointment = calendar.cut(source="phone")
        answered = Line.run

        def cancelled_meanwhile(self: Line, *operations: Any, **facts: Any) -> Any:
            answers = answered(self, *operations, **facts)
            calendar.cancel(Appointment.objects.get(pk=appointment.pk))
            return answers

        with monkeypatch.context() as patched:
            patched.setattr(Line, "run", cancelled_meanwhile)
            convergence.converge(appointment.pk, seconds=5)

        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED
        sync_calendar()
        assert calendar.there() == []

    def test_what_nobody_asked_the_calendar_about_stays_provisional(self, calendar: CalendarSalon) -> None:
        appointment = calendar.cut(source="phone")
        calendar.salon.branch.calendar = "off"
        calendar.salon.branch.save()

        convergence.converge(appointment.pk, seconds=5)
        appointment.refresh_from_db()
        assert appointment.status == Status.PROVISIONAL
