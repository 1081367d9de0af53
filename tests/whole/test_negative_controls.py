"""The random days would notice: each of these is a short day, with and without what keeps it true."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone

from integrations.convergence import attempts, converging, work
from integrations.incoming import observing
from integrations.models import BookingState, CalendarBooking
from tests.integrations.stateful.dying import AFTER
from tests.integrations.stateful.machine import CalendarMachine
from tests.integrations.stateful.stage import PLACES

Day = Callable[[CalendarMachine], None]


def an_answer_is_lost(machine: CalendarMachine) -> None:
    """Booked there, but nobody here was told; then it is moved."""
    machine.something_will_fail(fault="error_after", operation="create", times=1)
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.worker_syncs()
    machine.staff_moves(number=0, is_emma=True, start=PLACES[7])


def a_worker_dies(machine: CalendarMachine) -> None:
    """After it has sent, before it has stored the answer."""
    machine.staff_books(is_perm=True, is_emma=True, start=PLACES[0])
    machine.process_will_die_at_a_request(where="after", count=1)
    machine.worker_syncs()
    machine.staff_moves(number=0, is_emma=True, start=PLACES[7])


def it_is_booked_otherwise(machine: CalendarMachine) -> None:
    """Incident 2: half an hour later than promised."""
    machine.something_will_fail(fault="shifted", operation="create", times=1)
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.worker_syncs()


def a_guest_cancels(machine: CalendarMachine) -> None:
    """What a caller was promised is cancelled at Cal.com."""
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.worker_syncs()
    machine.cancelled_there(number=0)
    machine.post_comes()


def staff_move_what_is_being_refused(machine: CalendarMachine) -> None:
    """Cal.com says no to the caller's time; staff have just given them another."""
    machine.caller_asks(is_perm=False, staff=True, start=PLACES[0])
    machine.something_will_fail(fault="refused", operation="create", times=1)
    stage, acts = machine.stage, machine.acts
    stage.fate.meanwhile(
        AFTER, 1, lambda: acts.staff_moves(stage.appointments()[0], stage.salon.emma, PLACES[7])
    )
    machine.caller_books(number=0)


def play(machine: CalendarMachine, day: Day) -> None:
    machine.open_salon(strict=False)
    try:
        day(machine)
        machine.nothing_is_broken()
    except AssertionError:
        machine.is_sound = False
        raise
    finally:
        machine.teardown()


@pytest.mark.parametrize(
    "day",
    [
        an_answer_is_lost,
        a_worker_dies,
        it_is_booked_otherwise,
        a_guest_cancels,
        staff_move_what_is_being_refused,
    ],
)
def test_the_day_ends_well(machine: Callable[[], CalendarMachine], day: Day) -> None:
    play(machine(), day)


def believe_nothing_happened(_work: Any, rows: Sequence[CalendarBooking]) -> None:
    """Instead of looking up what became of an attempt."""
    for row in rows:
        if row.state in {BookingState.IN_FLIGHT, BookingState.UNKNOWN}:
            attempts.gone(row, now=timezone.now())


@pytest.mark.parametrize("day", [an_answer_is_lost, a_worker_dies])
def test_reconciliation_alone_would_put_it_right(
    machine: Callable[[], CalendarMachine], monkeypatch: pytest.MonkeyPatch, day: Day
) -> None:
    """Later than the look-up, but by itself."""
    monkeypatch.setattr(converging, "resolve", believe_nothing_happened)

    play(machine(), day)


@pytest.mark.parametrize("day", [an_answer_is_lost, a_worker_dies])
def test_it_is_noticed_if_nobody_finds_out_what_is_unknown(
    machine: Callable[[], CalendarMachine], monkeypatch: pytest.MonkeyPatch, day: Day
) -> None:
    """Incident D7: one appointment, two bookings."""
    monkeypatch.setattr(converging, "resolve", believe_nothing_happened)
    monkeypatch.setattr(observing, "is_ours", lambda _attempt, _seen: False)

    with pytest.raises(AssertionError, match="stands 2 times"):
        play(machine(), day)


def test_it_is_noticed_if_answers_are_not_compared(
    machine: Callable[[], CalendarMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "is_as_promised", lambda _booking, _segment: True)

    with pytest.raises(AssertionError, match="stands there"):
        play(machine(), it_is_booked_otherwise)


def test_it_is_noticed_if_a_promise_follows_the_calendar(
    machine: Callable[[], CalendarMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant I5."""
    monkeypatch.setattr(observing, "follows_calendar", lambda _appointment: True)

    with pytest.raises(AssertionError, match="promised"):
        play(machine(), a_guest_cancels)
