"""What the random days (``tests/integrations/stateful``) have found, each as a story of its own."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from appointments import booking
from integrations import convergence
from integrations.convergence.due import sync_due
from integrations.incoming.reconciling import reconcile
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
