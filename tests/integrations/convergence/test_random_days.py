"""What the random days (``tests/whole``) have found, each as a story of its own."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment
from integrations import convergence
from integrations.calcom.line import Line
from integrations.convergence.due import sync_due
from integrations.incoming.observing import observe
from integrations.incoming.reconciling import reconcile
from integrations.incoming.seen import Seen
from integrations.models import CalendarBooking, CalendarCase, CaseKind, Promise, SyncState
from integrations.tasks import sync_calendar
from tests.integrations.calendar import CUTS, PERMS, CalendarSalon, converge, existing, sync_of
from tests.salons import MONDAY, at


def take_over(calendar: CalendarSalon) -> None:
    """Once more than a mere look: what is not known yet is taken over."""
    reconcile(calendar.salon.company, now=timezone.now())


def test_a_guests_booking_that_was_moved_here_is_promised_from_then_on(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    """Invariant I5: the caller was told 14:00, whatever becomes of the booking at Cal.com."""
    uid = calendar.sandbox.book(CUTS[101], at(MONDAY, "10:00"))["uid"]
    take_over(calendar)
    guests = CalendarBooking.objects.get(uid=uid).appointment
    assert guests is not None
    moved = calendar.move(guests, "14:00")

    calendar.sandbox.cancel(uid)
    time.shift(timedelta(minutes=1))
    take_over(calendar)

    moved.refresh_from_db()
    assert (moved.status, moved.starts_at) == ("booked", at(MONDAY, "14:00"))
    assert CalendarCase.objects.get().kind == CaseKind.CANCELLED


def test_a_guests_booking_that_nobody_touched_goes_with_its_booking(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    uid = calendar.sandbox.book(CUTS[101], at(MONDAY, "10:00"))["uid"]
    take_over(calendar)
    calendar.sandbox.cancel(uid)
    time.shift(timedelta(minutes=1))
    take_over(calendar)

    guests = CalendarBooking.objects.get(uid=uid).appointment
    assert guests is not None
    assert guests.status == "cancelled"
    assert not CalendarCase.objects.exists()


def test_a_part_of_a_perm_that_is_moved_here_becomes_a_whole_one_there(calendar: CalendarSalon) -> None:
    uid = calendar.sandbox.book(PERMS[101][1], at(MONDAY, "10:00"))["uid"]
    take_over(calendar)
    guests = CalendarBooking.objects.get(uid=uid).appointment
    assert guests is not None

    assert converge(calendar.move(guests, "14:00")) == "agreed"

    assert calendar.there() == [(101, "14:00", "14:50"), (101, "15:05", "15:10"), (101, "15:20", "16:15")]


def test_a_conflict_does_not_make_way_however_long_one_waits(calendar: CalendarSalon) -> None:
    """Found as an appointment that was pending for ever: a guest's booking stood in its way."""
    first = calendar.cut("10:00")
    calendar.sandbox.book(CUTS[101], at(MONDAY, "10:30"))
    take_over(calendar)
    assert calendar.there() == [(101, "10:30", "11:25")]

    assert converge(first) == "refused"

    assert sync_of(first).state == SyncState.HALTED
    assert {case.kind for case in CalendarCase.objects.all()} == {CaseKind.CONFLICT, CaseKind.REFUSED}


def test_a_call_that_died_after_the_calendar_agreed_is_decided_all_the_same(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    """And the old time of its move is given back."""
    appointment = calendar.cut("10:00")
    converge(appointment)
    now = timezone.now()
    moved = booking.reschedule(
        appointment,
        booking.Move(start=at(MONDAY, "14:00")),
        now=now,
        keeps_old_until=now + timedelta(seconds=20),
    )
    convergence.await_answer(moved, now=now)
    assert converge(moved) == "agreed"

    sync_due(now=timezone.now())
    assert sync_of(moved).promise == Promise.UNDECIDED
    time.shift(timedelta(minutes=1))
    sync_calendar()

    assert sync_of(moved).promise == Promise.PROMISED
    assert len(existing(moved)) == 1
    assert calendar.cut("10:00").pk


def test_what_was_moved_there_while_we_gave_it_up_goes_with_the_rest(
    calendar: CalendarSalon, time: time_machine.Traveller
) -> None:
    """Found as orphans: a case about a cancelled appointment kept its other parts there for ever."""
    appointment = calendar.perm("10:00")
    converge(appointment)
    first = existing(appointment)[0]
    cancelled = calendar.cancel(appointment)
    calendar.sandbox.faults.add("not_found", "cancel", times=3)
    assert converge(cancelled) == "pending"
    calendar.sandbox.reschedule(first.uid or "", at(MONDAY, "17:00"))

    time.shift(timedelta(minutes=2))
    assert converge(cancelled) == "agreed"

    assert calendar.there() == []
    assert not CalendarCase.objects.exists()


def test_a_refusal_takes_back_only_what_cal_com_was_asked_about(
    calendar: CalendarSalon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found as a promise that was broken: staff had moved it while Cal.com refused the old time."""
    appointment = calendar.cut("10:00", undecided=True)
    calendar.sandbox.faults.add("refused", "create")
    run = Line.run

    def overtaken(line: Line, *operations: Any, **facts: Any) -> Any:
        monkeypatch.setattr(Line, "run", run)
        answers = run(line, *operations, **facts)
        calendar.move(appointment, "14:00")
        return answers

    monkeypatch.setattr(Line, "run", overtaken)
    assert convergence.settle(appointment).promised

    appointment.refresh_from_db()
    assert (appointment.status, appointment.starts_at) == ("booked", at(MONDAY, "14:00"))
    assert converge(appointment) == "agreed"
    assert calendar.there() == [(101, "14:00", "14:55")]


@pytest.mark.parametrize("heard_that_it_is_gone", [False, True])
def test_moved_there_twice_it_is_still_the_appointment_that_it_carries(
    calendar: CalendarSalon, time: time_machine.Traveller, *, heard_that_it_is_gone: bool
) -> None:
    """Found as a second appointment of the same customer: staff gave it to Jonas, somebody at Cal.com
    had moved it twice, and of the step between nobody had heard (incident F9).
    """
    appointment = calendar.cut("10:00")
    converge(appointment)
    (row,) = existing(appointment)
    between = calendar.sandbox.reschedule(row.uid or "", at(MONDAY, "14:00"))["uid"]
    last = calendar.sandbox.reschedule(between, at(MONDAY, "16:00"))["uid"]
    moved = calendar.move(appointment, "10:00", calendar.salon.jonas)
    converge(moved)
    if heard_that_it_is_gone:
        start, end = at(MONDAY, "14:00"), at(MONDAY, "14:55")
        gone = Seen(uid=between, stands=False, start=start, end=end, host_id=101, event_type_id=CUTS[101])
        observe(calendar.salon.company, gone, now=timezone.now())

    time.shift(timedelta(minutes=1))
    take_over(calendar)

    assert CalendarBooking.objects.get(uid=last).appointment == appointment
    case = CalendarCase.objects.get()
    assert (case.kind, case.uid) == (CaseKind.MOVED, last)
    assert Appointment.objects.count() == 1
