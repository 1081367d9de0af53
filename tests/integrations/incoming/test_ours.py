"""What Cal.com says of our own bookings: an echo of our doing, or somebody else's hand in it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.incoming.observing import observe
from integrations.incoming.processing import process_due
from integrations.incoming.seen import Seen
from integrations.models import (
    BookingState,
    CalendarBooking,
    CalendarCase,
    CalendarSync,
    Origin,
    SyncState,
)
from tests.integrations.incoming.letters import (
    cancelled,
    created,
    deliver,
    event_of,
    message,
    moved,
    open_cases,
    send,
    standing,
)
from tests.integrations.incoming.ours import attempt, synced, untouched
from tests.salons import MONDAY, Salon, at


def state_of(appointment: Appointment) -> str:
    return CalendarSync.objects.get(appointment=appointment).state


# Our own doing.


def test_the_echo_of_our_own_booking_changes_nothing(salon: Salon) -> None:
    appointment = synced(salon)

    assert deliver(created("ours")) == ["echo"]
    assert untouched(appointment)
    assert Appointment.objects.count() == CalendarBooking.objects.count() == 1


def test_the_echo_of_our_own_cancellation_changes_nothing(salon: Salon) -> None:
    """It comes before our request is answered, and again after."""
    appointment = synced(salon)
    booking.cancel(appointment, now=timezone.now())
    CalendarBooking.objects.update(leaving=True)

    assert deliver(cancelled("ours"), cancelled("ours", happened="again")) == ["echo", "echo"]
    assert open_cases() == []
    assert CalendarBooking.objects.get().state == BookingState.ABSENT


def test_what_is_under_way_is_waited_for(salon: Salon, time: Any) -> None:
    """The message comes inside our own POST: who has booked shows when that is answered."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    row = attempt(appointment, deadline=30)
    body = created("ours", reference=row.reference)

    assert deliver(body) == ["new"]
    assert timezone.now() < event_of(body).next_try_at < timezone.now() + timedelta(minutes=1)

    CalendarBooking.objects.update(state=BookingState.EXISTS, uid="ours")  # the answer
    time.shift(timedelta(minutes=1))
    process_due(now=timezone.now())
    assert event_of(body).outcome == "echo"
    assert Appointment.objects.count() == 1


def test_a_stranger_at_the_same_place_waits_too(salon: Salon, time: Any) -> None:
    """Which of the two Cal.com takes is not known before ours is answered."""
    row = attempt(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), deadline=30)
    body = created("u1", "10:30")

    assert deliver(body) == ["new"]

    booking.cancel(row.appointment, now=timezone.now())  # ours was refused
    row.state = BookingState.ABSENT
    row.save()
    time.shift(timedelta(minutes=1))
    process_due(now=timezone.now())
    assert event_of(body).outcome == "taken_over"
    assert open_cases() == []


@pytest.mark.parametrize("elsewhere", [{"host": 102, "event_type": 4001}, {"clock": "12:00"}])
def test_a_stranger_elsewhere_does_not_wait(elsewhere: dict[str, Any], salon: Salon) -> None:
    attempt(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), deadline=30)

    assert deliver(created("u1", **elsewhere)) == ["taken_over"]


def test_a_move_of_ours_that_is_under_way_is_waited_for(salon: Salon) -> None:
    appointment = synced(salon)
    CalendarBooking.objects.update(
        state=BookingState.UNKNOWN, deadline=timezone.now() + timedelta(seconds=30)
    )
    (old,) = CalendarBooking.objects.all()
    later = {"starts_at": at(MONDAY, "14:00"), "ends_at": at(MONDAY, "14:55")}
    attempt(appointment, origin=Origin.MOVED, moved_from=old, deadline=30, **later)

    assert deliver(moved("ours", "ours2", "14:00", reference=old.reference)) == ["new"]
    assert deliver(moved("ours", "ours3", "16:00", reference=old.reference)) == ["new"]


@pytest.mark.parametrize("state", [BookingState.UNKNOWN, BookingState.ABSENT, BookingState.IN_FLIGHT])
def test_an_attempt_without_an_answer_is_found_again(state: str, salon: Salon) -> None:
    """Incident F8: refused or timed out, although it was booked."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    row = attempt(appointment, state=state, deadline=-60)

    assert deliver(created("ours", reference=row.reference)) == ["echo"]

    row.refresh_from_db()
    assert (row.state, row.uid) == (BookingState.EXISTS, "ours")
    assert state_of(appointment) == SyncState.PENDING  # convergence keeps it, or takes it away
    assert untouched(appointment)


def test_a_booking_with_another_reference_is_not_ours(salon: Salon) -> None:
    """Incident G1: one customer's booking is never taken for another's."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    row = attempt(appointment, state=BookingState.UNKNOWN, deadline=-60)

    assert deliver(created("u1", reference="999:1:1")) == ["case"]

    row.refresh_from_db()
    assert (row.state, row.uid) == (BookingState.UNKNOWN, None)
    assert open_cases() == ["conflict"]


def test_a_move_of_ours_without_an_answer_is_found_again(salon: Salon) -> None:
    appointment = synced(salon)
    moved_here = booking.reschedule(appointment, booking.Move(start=at(MONDAY, "14:00")), now=timezone.now())
    CalendarBooking.objects.update(state=BookingState.UNKNOWN, deadline=timezone.now())
    (old,) = CalendarBooking.objects.all()
    new = attempt(
        moved_here,
        origin=Origin.MOVED,
        moved_from=old,
        reference=old.reference,
        state=BookingState.UNKNOWN,
        deadline=-60,
    )

    assert deliver(moved("ours", "ours2", "14:00", reference=old.reference)) == ["echo"]

    new.refresh_from_db()
    old.refresh_from_db()
    assert (new.state, new.uid, old.state) == ("exists", "ours2", "absent")
    assert open_cases() == []


# Somebody else's.


def test_a_foreign_move_of_what_was_promised_is_a_case(salon: Salon) -> None:
    """Incident D16. It carries our reference: metadata alone proves nothing."""
    appointment = synced(salon)
    reference = CalendarBooking.objects.get().reference

    assert deliver(moved("ours", "theirs", "12:00", reference=reference)) == ["case"]

    assert untouched(appointment)
    assert state_of(appointment) == SyncState.HALTED
    (case,) = CalendarCase.objects.all()
    assert (case.kind, case.appointment, case.uid) == ("moved", appointment, "theirs")
    assert case.facts["starts_at"] == at(MONDAY, "12:00").isoformat()
    assert standing() == ["theirs"]
    old = CalendarBooking.objects.get(uid="ours")
    assert old.state == BookingState.ABSENT
    assert CalendarBooking.objects.get(uid="theirs").moved_from == old  # incident F9: the chain


def test_a_foreign_move_before_we_learned_the_uid_is_a_case_too(salon: Salon) -> None:
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    row = attempt(appointment, state=BookingState.UNKNOWN, deadline=-60)

    assert deliver(moved("ours", "theirs", "12:00", reference=row.reference)) == ["case"]

    assert untouched(appointment)
    assert open_cases() == ["moved"]
    assert deliver(created("ours", reference=row.reference)) == ["echo"]  # the first one, late
    assert standing() == ["theirs"]


def test_a_step_that_we_have_not_heard_of_is_no_new_booking(salon: Salon) -> None:
    appointment = synced(salon)
    reference = CalendarBooking.objects.get().reference

    last = moved("theirs", "theirs2", "14:00", old="12:00", reference=reference)
    assert deliver(last, moved("ours", "theirs", "12:00", reference=reference)) == ["case", "echo"]

    assert untouched(appointment)
    assert standing() == ["theirs2"]
    assert open_cases() == ["moved"]
    assert Appointment.objects.count() == 1


def test_moved_again_is_still_one_case(salon: Salon) -> None:
    synced(salon)

    deliver(moved("ours", "theirs", "12:00"), moved("theirs", "theirs2", "14:00", old="12:00"))

    assert open_cases() == ["moved"]
    assert CalendarCase.objects.get(solved_at=None).uid == "theirs2"


def test_a_foreign_cancellation_of_what_was_promised_is_a_case(salon: Salon) -> None:
    """Invariants I5, I6."""
    appointment = synced(salon)

    assert deliver(cancelled("ours")) == ["case"]

    assert untouched(appointment)
    assert state_of(appointment) == SyncState.HALTED
    assert open_cases() == ["cancelled"]
    assert deliver(cancelled("ours", happened="again")) == ["echo"]
    assert len(open_cases()) == 1


def test_only_the_part_that_was_touched_is_a_case(salon: Salon) -> None:
    """Incident E10: a perm is three bookings, and the others stand."""
    appointment = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    for uid, run in zip(("p1", "p3", "p5"), appointment.plan.runs(), strict=True):
        period = run.at(appointment.starts_at)
        facts = {"uid": uid, "position": run.position, "state": BookingState.EXISTS}
        attempt(appointment, starts_at=period.start, ends_at=period.end, **facts)

    assert deliver(moved("p3", "q3", "15:00", minutes=5, event_type=3003)) == ["case"]

    assert CalendarBooking.objects.get(uid="q3").position == 3
    assert standing() == ["p1", "p5", "q3"]
    assert Appointment.objects.get().starts_at == at(MONDAY, "10:00")


def test_a_move_to_where_staff_have_moved_it_is_agreement(salon: Salon) -> None:
    appointment = synced(salon)
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "14:00")), now=timezone.now())

    assert deliver(moved("ours", "theirs", "14:00")) == ["taken_over"]
    assert open_cases() == []
    assert state_of(appointment) == SyncState.PENDING


def test_nothing_is_a_case_for_the_past(salon: Salon, time: Any) -> None:
    appointment = synced(salon)
    body = cancelled("ours")
    time.move_to(at(MONDAY, "11:00"))

    assert deliver(body) == ["echo"]
    assert open_cases() == []
    assert untouched(appointment)


# What Cal.com shows when it is asked.


def shown(uid: str = "ours", clock: str = "10:00", **facts: Any) -> Seen:
    start = at(MONDAY, clock)
    defaults = {"host_id": 101, "event_type_id": 3001, "asked_at": timezone.now(), "stands": True}
    return Seen(**{"uid": uid, "start": start, "end": start + timedelta(minutes=55), **defaults, **facts})


def look(salon: Salon, seen: Seen) -> str:
    return str(observe(salon.company, seen, now=timezone.now()).verdict)


def test_reassigned_to_somebody_else_is_a_case(salon: Salon) -> None:
    """Cal.com sends no message of that, and the uid stays."""
    appointment = synced(salon)

    assert look(salon, shown(host_id=102)) == "case"
    assert untouched(appointment)
    assert CalendarCase.objects.get().facts["host"] == 102
    assert look(salon, shown(host_id=102)) == "echo"


def test_reassigned_is_followed_where_it_was_booked_there(salon: Salon) -> None:
    deliver(created("u1"))

    assert look(salon, shown("u1", host_id=102)) == "echo"  # known for no time at all: an answer of before
    CalendarBooking.objects.update(settled_at=timezone.now() - timedelta(minutes=1))
    assert look(salon, shown("u1", host_id=102)) == "taken_over"

    assert Appointment.objects.get().staff == salon.jonas
    assert deliver(created("u1", happened="late")) == ["echo"]  # says it is Emma's, as it once was
    assert Appointment.objects.get().staff == salon.jonas


def test_reassigned_to_a_stranger_is_a_case(salon: Salon) -> None:
    deliver(created("u1"))
    CalendarBooking.objects.update(settled_at=timezone.now() - timedelta(minutes=1))

    assert look(salon, shown("u1", host_id=999)) == "case"
    assert Appointment.objects.get().staff == salon.emma


def test_what_we_believed_gone_stands_again(salon: Salon) -> None:
    """A cancellation is announced before it is carried out, and may fail."""
    appointment = synced(salon)
    deliver(cancelled("ours"))
    assert look(salon, shown()) == "echo"  # asked no later than we were told
    CalendarBooking.objects.update(settled_at=timezone.now() - timedelta(minutes=1))

    assert look(salon, shown()) == "taken_over"

    assert standing() == ["ours"]
    assert state_of(appointment) == SyncState.PENDING
    assert untouched(appointment)


def test_a_foreign_booking_that_we_believed_gone_is_taken_over_again(salon: Salon) -> None:
    deliver(created("u1"), cancelled("u1"))
    CalendarBooking.objects.update(settled_at=timezone.now() - timedelta(minutes=1))

    assert look(salon, shown("u1")) == "taken_over"

    assert list(Appointment.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.CANCELLED,
        Status.BOOKED,
    ]
    assert standing() == ["u1"]


def test_where_a_booking_went_says_what_its_end_means(salon: Salon) -> None:
    synced(salon)

    assert look(salon, shown(stands=False, moved_to="theirs")) == "later"
    assert open_cases() == []
    assert look(salon, shown("theirs", "12:00", moved_from="ours")) == "case"
    assert look(salon, shown(stands=False, moved_to="theirs")) == "echo"
    assert open_cases() == ["moved"]


def test_convergence_finds_a_foreign_cancellation_first(salon: Salon) -> None:
    """It marks the booking absent and leaves the following to us."""
    deliver(created("u1"))
    CalendarBooking.objects.update(state=BookingState.ABSENT)

    assert deliver(cancelled("u1")) == ["taken_over"]
    assert Appointment.objects.get().status == Status.CANCELLED


@pytest.mark.parametrize("trigger", ["BOOKING_CANCELLED", "BOOKING_REJECTED"])
def test_the_end_of_what_staff_have_moved_elsewhere_is_our_own_doing(trigger: str, salon: Salon) -> None:
    """To another stylist we book first and cancel then; a customer's own booking must not go with it."""
    deliver(created("u1"))
    appointment = Appointment.objects.get()
    booking.reschedule(appointment, booking.Move(staff=salon.jonas), now=timezone.now())
    CalendarBooking.objects.update(leaving=True)
    attempt(appointment, uid="ours2", state=BookingState.EXISTS, calcom_user_id=102)

    assert deliver(message(trigger, "u1")) == ["echo"]
    assert Appointment.objects.get().is_blocking


def test_nothing_is_decided_while_convergence_is_at_work(salon: Salon, time: Any) -> None:
    """It has read our rows before, would find agreement, and so take the case back."""
    appointment = synced(salon)
    CalendarSync.objects.update(claimed_until=timezone.now() + timedelta(seconds=30))

    assert deliver(cancelled("ours")) == ["new"]
    assert standing() == ["ours"]
    assert open_cases() == []

    CalendarSync.objects.update(claimed_until=None)
    time.shift(timedelta(minutes=1))
    process_due(now=timezone.now())
    assert open_cases() == ["cancelled"]
    assert untouched(appointment)


def test_sent_but_never_worked_on_is_not_lost(salon: Salon) -> None:
    body = created("u1")
    send(body)

    assert process_due(now=timezone.now()) == 1
    assert event_of(body).outcome == "taken_over"
