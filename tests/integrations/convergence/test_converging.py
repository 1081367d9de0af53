"""Calendar and appointment agree, whatever has to be done for it."""

from time import monotonic

import pytest
from django.utils import timezone

from appointments import booking
from integrations.models import BookingState, SyncState
from tests.integrations.calendar import CalendarSalon, converge, existing, rows, sync_of
from tests.salons import MONDAY, at


def test_a_haircut_stands_there_once(calendar: CalendarSalon) -> None:
    appointment = calendar.cut("10:00")

    assert sync_of(appointment).state == SyncState.PENDING
    assert converge(appointment) == "agreed"

    assert calendar.there() == [(101, "10:00", "10:55")]
    assert sync_of(appointment).state == SyncState.SYNCED
    (row,) = existing(appointment)
    booking = calendar.world.booking(row.uid)
    assert booking.metadata == {
        "terminfest_id": f"{appointment.pk}:1:1",
        "terminfest_appointment": str(appointment.pk),
    }


def test_again_changes_nothing_and_asks_nothing(calendar: CalendarSalon) -> None:
    appointment = calendar.cut()
    converge(appointment)
    calendar.sandbox.forget_requests()

    assert converge(appointment) == "agreed"
    assert calendar.sandbox.operations() == []


def test_a_perm_is_three_bookings_and_its_gaps_stay_free(calendar: CalendarSalon) -> None:
    appointment = calendar.perm("10:00")

    assert converge(appointment) == "agreed"
    assert calendar.there() == [
        (101, "10:00", "10:50"),
        (101, "11:05", "11:10"),
        (101, "11:20", "12:15"),
    ]


def test_a_perm_takes_hardly_longer_than_its_slowest_request(calendar: CalendarSalon) -> None:
    """Incident 4: one after the other they took 8.2 s."""
    appointment = calendar.perm("10:00")
    calendar.world.latency_ms = 2500
    calendar.sandbox.forget_requests()

    begun = monotonic()
    assert converge(appointment) == "agreed"
    whole = monotonic() - begun

    asked = list(calendar.world.requests)
    assert [one.operation for one in asked] == ["create"] * 3
    assert whole <= 1.3 * max(one.ended - one.began for one in asked)


def test_a_move_moves_each_run_and_keeps_the_chain_of_uids(calendar: CalendarSalon) -> None:
    """Incidents F9, E10."""
    appointment = calendar.perm("10:00")
    converge(appointment)
    before = {row.uid for row in existing(appointment)}

    moved = calendar.move(appointment, "10:10")
    assert converge(moved) == "agreed"

    assert calendar.there() == [
        (101, "10:10", "11:00"),
        (101, "11:15", "11:20"),
        (101, "11:30", "12:25"),
    ]
    assert {row.moved_from.uid for row in existing(moved) if row.moved_from} == before
    assert "cancel" not in calendar.sandbox.operations()


def test_another_stylist_is_booked_before_the_old_one_is_given_up(calendar: CalendarSalon) -> None:
    appointment = calendar.cut("10:00")
    converge(appointment)
    calendar.sandbox.forget_requests()

    moved = calendar.move(appointment, "10:00", calendar.salon.jonas)
    assert converge(moved) == "agreed"

    assert calendar.there() == [(102, "10:00", "10:55")]
    assert calendar.sandbox.operations() == ["create", "cancel"]


def test_a_cancelled_one_leaves_nothing_there(calendar: CalendarSalon) -> None:
    """Incident E10: every segment goes."""
    appointment = calendar.perm()
    converge(appointment)

    assert converge(calendar.cancel(appointment)) == "agreed"

    assert calendar.there() == []
    assert sync_of(appointment).state == SyncState.NONE
    assert {row.state for row in rows(appointment)} == {BookingState.ABSENT}


def test_cancelled_before_it_ever_stood_there(calendar: CalendarSalon) -> None:
    appointment = calendar.cancel(calendar.cut())

    assert converge(appointment) == "agreed"
    assert calendar.sandbox.operations() == []


def test_two_appointments_change_places(calendar: CalendarSalon) -> None:
    first, second = calendar.cut("10:00"), calendar.cut("11:00")
    for each in (first, second):
        converge(each)
    booking.replan(
        [
            (first, booking.Move(start=at(MONDAY, "11:00"))),
            (second, booking.Move(start=at(MONDAY, "10:00"))),
        ],
        now=timezone.now(),
    )
    for _ in range(4):
        converge(first)
        converge(second)

    assert calendar.there() == [(101, "10:00", "10:55"), (101, "11:00", "11:55")]
    assert {sync_of(first).state, sync_of(second).state} == {SyncState.SYNCED}


@pytest.mark.parametrize("mode", ["off"])
def test_a_branch_without_calendar_has_nothing_to_do(calendar: CalendarSalon, mode: str) -> None:
    calendar.salon.branch.calendar = mode
    calendar.salon.branch.save()
    appointment = calendar.cut()

    assert converge(appointment) == "busy"
    assert calendar.there() == []
