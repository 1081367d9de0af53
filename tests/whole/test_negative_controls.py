"""The machine would notice: each of these is a short day, with and without what keeps it true."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone

from integrations.convergence import attempts, converging, work
from integrations.incoming import observing
from integrations.messaging import sending, telling
from integrations.models import BookingState, CalendarBooking
from tests.whole import mail
from tests.whole.dying import AFTER, DEADLOCK, DROPPED, SERIALIZATION, STATEMENT
from tests.whole.machine import WholeMachine
from tests.whole.stage import PLACES
from tools.soak.planted import PLANTED
from tools.soak.sequences import play as play_some

Day = Callable[[WholeMachine], None]
CUT = {"is_perm": False, "staff": True}


def an_answer_is_lost(machine: WholeMachine) -> None:
    """Booked there, but nobody here was told; then it is moved."""
    machine.something_will_fail(fault="error_after", operation="create", times=1)
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.worker_works(task="syncs")
    machine.staff_moves(number=0, is_emma=True, start=PLACES[7])


def a_worker_dies(machine: WholeMachine) -> None:
    """After it has sent, before it has stored the answer."""
    machine.staff_books(is_perm=True, is_emma=True, start=PLACES[0])
    machine.process_will_die(where=AFTER, count=3)
    machine.worker_works(task="syncs")
    machine.staff_moves(number=0, is_emma=True, start=PLACES[7])


def it_is_booked_otherwise(machine: WholeMachine) -> None:
    """Incident 2: half an hour later than promised."""
    machine.something_will_fail(fault="shifted", operation="create", times=1)
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.worker_works(task="syncs")


def a_guest_cancels(machine: WholeMachine) -> None:
    """What a caller was promised is cancelled at Cal.com."""
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.worker_works(task="syncs")
    machine.cancelled_there(number=0)
    machine.post_comes()


def staff_move_what_is_being_refused(machine: WholeMachine) -> None:
    """Cal.com says no to the caller's time; staff have just given them another."""
    machine.caller_checks(line=0, start=PLACES[0], **CUT)
    machine.something_will_fail(fault="refused", operation="create", times=1)
    stage, counter = machine.stage, machine.counter
    stage.fate.meanwhile(
        AFTER, 1, lambda: counter.moves(stage.appointments()[0], stage.salon.emma, PLACES[7])
    )
    machine.caller_books(line=0, start=PLACES[0], **CUT)


def the_database_fails(machine: WholeMachine) -> None:
    """In all three ways, at every other statement of a booking by phone, and the caller tries again."""
    for number, kind in enumerate((DROPPED, DEADLOCK, SERIALIZATION)):
        for count in range(2 + number, 60, 19):
            machine.stage.fate.fail_database(kind, count)
            machine.caller_books(line=number, start=PLACES[number], **CUT)
        machine.caller_books(line=number, start=PLACES[number], **CUT)


def a_call_dies(machine: WholeMachine) -> None:
    """While it books; then the caller rings once more."""
    machine.stage.fate.kill(STATEMENT, 40)
    machine.caller_books(line=0, start=PLACES[0], **CUT)
    machine.caller_ends(line=0, what="hangs_up")
    machine.caller_books(line=0, start=PLACES[0], **CUT)


def everybody_at_once(machine: WholeMachine) -> None:
    for pair in ("two callers", "a key twice", "a tool call twice", "counter and caller"):
        machine.at_the_same_moment(pair=pair, line=0, start=PLACES[0], other=PLACES[0], **CUT)


def play(machine: WholeMachine, day: Day) -> None:
    machine.open_salon(strict=False)
    try:
        day(machine)
        machine.nothing_is_broken()
    except BaseException:
        machine.stage.is_sound = False
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
        the_database_fails,
        a_call_dies,
        everybody_at_once,
    ],
)
def test_the_day_ends_well(machine: Callable[[], WholeMachine], day: Day) -> None:
    play(machine(), day)


def believe_nothing_happened(_work: Any, rows: Sequence[CalendarBooking]) -> None:
    """Instead of looking up what became of an attempt."""
    for row in rows:
        if row.state in {BookingState.IN_FLIGHT, BookingState.UNKNOWN}:
            attempts.gone(row, now=timezone.now())


@pytest.mark.parametrize("day", [an_answer_is_lost, a_worker_dies])
def test_reconciliation_alone_would_put_it_right(
    machine: Callable[[], WholeMachine], monkeypatch: pytest.MonkeyPatch, day: Day
) -> None:
    """Later than the look-up, but by itself."""
    monkeypatch.setattr(converging, "resolve", believe_nothing_happened)

    play(machine(), day)


@pytest.mark.parametrize("day", [an_answer_is_lost, a_worker_dies])
def test_it_is_noticed_if_nobody_finds_out_what_is_unknown(
    machine: Callable[[], WholeMachine], monkeypatch: pytest.MonkeyPatch, day: Day
) -> None:
    """Incident D7: one appointment, two bookings."""
    monkeypatch.setattr(converging, "resolve", believe_nothing_happened)
    monkeypatch.setattr(observing, "is_ours", lambda _attempt, _seen: False)

    with pytest.raises(AssertionError, match="stands 2 times"):
        play(machine(), day)


def test_it_is_noticed_if_answers_are_not_compared(
    machine: Callable[[], WholeMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "is_as_promised", lambda _booking, _segment: True)

    with pytest.raises(AssertionError, match="stands there"):
        play(machine(), it_is_booked_otherwise)


def test_it_is_noticed_if_a_promise_follows_the_calendar(
    machine: Callable[[], WholeMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant I5."""
    monkeypatch.setattr(observing, "follows_calendar", lambda _appointment: True)

    with pytest.raises(AssertionError, match="promised"):
        play(machine(), a_guest_cancels)


def a_letter_is_overtaken(machine: WholeMachine) -> None:
    """The mail server is away when it was to leave; before it is back the appointment is cancelled."""
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.time_passes(seconds=120)
    machine.mail_will_fail(trouble=mail.AWAY)
    machine.worker_works(task="tells")
    machine.staff_cancels(number=0)
    machine.time_passes(seconds=300)


def test_it_is_noticed_if_an_overtaken_letter_leaves(
    machine: Callable[[], WholeMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody compares it before it leaves, nor is the next one written that would take its place."""

    def it_leaves(machine: WholeMachine) -> None:
        a_letter_is_overtaken(machine)
        monkeypatch.setattr(sending, "_is_true", lambda _message, _now: True)
        monkeypatch.setattr(telling, "tell_due", lambda **_facts: 0)
        machine.worker_works(task="tells")

    play(machine(), a_letter_is_overtaken)
    with pytest.raises(AssertionError, match="I4: letter"):
        play(machine(), it_leaves)


def test_a_broken_invariant_is_found_by_itself(machine: Callable[[], WholeMachine]) -> None:
    """Not by a day that was made for it: nobody asks again before confirming, as in incident 1."""
    with PLANTED["booked without asking again, no constraint"]():
        failure = play_some(machine, 1, sequences=16, shrinks=False)

    assert failure is not None
    assert str(failure.error).startswith("I1: in two places")
