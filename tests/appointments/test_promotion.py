"""Whoever frees a stylist's time gives it, in the same transaction, to the conflict that waits for it.

When a test ends, the deferred triggers of the ledger are checked, so each of these also says that what
it leaves behind could be committed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from appointments import booking, hooks
from appointments.booking import Move, Visit
from appointments.models import Appointment, Staff
from appointments.models.appointment import Source, Status
from appointments.models.ledger import ReservationState
from appointments.rules.phases import Phase, Plan
from tests.appointments.racing import meanwhile, overlaps, without
from tests.appointments.tables import taken_by
from tests.salons import MONDAY, NOW, Salon, at

TEN = at(MONDAY, "10:00")
NOON = Move(start=at(MONDAY, "12:00"))
UNTIL = NOW + timedelta(seconds=60)
HOUR = Plan((Phase("", 60),))


@pytest.fixture
def promised(salon: Salon) -> Appointment:
    """A cut with Emma at ten."""
    return salon.book(salon.cut, salon.emma, MONDAY, "10:00")


@pytest.fixture
def waiting(salon: Salon, promised: Appointment) -> Appointment:
    """An hour from 10:30, outside; the cut is in its way."""
    return record(salon, "10:30")


def record(
    salon: Salon, clock: str, *, staff: Staff | None = None, plan: Plan = HOUR, now: datetime = NOW
) -> Appointment:
    return booking.record(
        staff=staff or salon.emma,
        service=salon.cut,
        start=at(MONDAY, clock),
        plan=plan,
        visit=Visit(source=Source.CALENDAR),
        now=now,
    )


def status(appointment: Appointment) -> tuple[str, int]:
    """As stored, with how many allocations it owns."""
    appointment.refresh_from_db()
    return appointment.status, len(taken_by(appointment))


BOOKED, CONFLICT = ("booked", 1), ("conflict", 0)

FREEING: dict[str, Callable[[Salon, Appointment], object]] = {
    "cancelled": lambda _salon, one: booking.cancel(one, now=NOW),
    "no-show": lambda _salon, one: booking.mark(one, Status.NO_SHOW, now=NOW),
    "rejected": lambda _salon, one: booking.mark(one, Status.REJECTED, now=NOW),
    "completed": lambda _salon, one: booking.mark(one, Status.COMPLETED, now=NOW),
    "moved": lambda _salon, one: booking.reschedule(one, NOON, now=NOW),
    "moved to a colleague": lambda salon, one: booking.reschedule(one, Move(staff=salon.jonas), now=NOW),
    "moved with others": lambda _salon, one: booking.replan([(one, NOON)], now=NOW),
}


@pytest.mark.parametrize("how", FREEING)
def test_whoever_frees_the_time_promotes_the_conflict(
    salon: Salon, promised: Appointment, waiting: Appointment, how: str
) -> None:
    assert waiting.status == Status.CONFLICT
    FREEING[how](salon, promised)
    assert (status(waiting), waiting.revision) == (BOOKED, 2)


def test_promotion_is_told_and_has_its_history(
    promised: Appointment, waiting: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str, int]] = []
    note = lambda one: told.append((one.pk, str(one.status), len(taken_by(one))))  # noqa: E731
    monkeypatch.setattr(hooks, "_changed", [note])
    booking.cancel(promised, now=NOW)
    assert told == [(promised.pk, "cancelled", 0), (waiting.pk, "booked", 1)]
    assert list(waiting.history.order_by("history_id").values_list("status", flat=True)) == [
        "conflict",
        "booked",
    ]


def test_followed_booking_frees_its_old_time_for_a_conflict(salon: Salon) -> None:
    first = record(salon, "10:00")
    second = record(salon, "10:30")
    booking.follow(first, start=at(MONDAY, "14:00"), plan=HOUR, now=NOW)
    assert (status(first), status(second)) == (BOOKED, BOOKED)


def test_followed_booking_that_becomes_shorter_frees_its_end(salon: Salon) -> None:
    first = record(salon, "10:00")
    second = record(salon, "10:30")
    booking.follow(first, start=TEN, plan=Plan((Phase("", 30),)), now=NOW)
    assert status(second) == BOOKED


def test_conflict_does_not_stand_in_its_own_way_when_followed(salon: Salon, waiting: Appointment) -> None:
    booking.follow(waiting, start=at(MONDAY, "10:45"), plan=HOUR, now=NOW)
    assert status(waiting) == CONFLICT


@pytest.mark.parametrize("ending", ["settled", "swept", "undone", "cancelled"])
def test_conflict_waits_for_the_end_of_a_move(
    salon: Salon, promised: Appointment, waiting: Appointment, ending: str
) -> None:
    """Undecided, both times are promised (incident C16)."""
    moved = booking.reschedule(promised, NOON, now=NOW, keeps_old_until=UNTIL)
    beside_the_new = record(salon, "12:30")
    assert (status(waiting), status(beside_the_new)) == (CONFLICT, CONFLICT)
    {
        "settled": lambda: booking.settle_move(moved, now=NOW),
        "swept": lambda: booking.sweep(now=UNTIL),
        "undone": lambda: booking.undo_move(moved, now=NOW),
        "cancelled": lambda: booking.cancel(moved, now=NOW),
    }[ending]()
    assert (status(waiting), status(beside_the_new)) == {
        "settled": (BOOKED, CONFLICT),
        "swept": (BOOKED, CONFLICT),
        "undone": (CONFLICT, BOOKED),
        "cancelled": (BOOKED, BOOKED),
    }[ending]


def test_old_time_with_a_colleague_is_promoted_too(
    salon: Salon, promised: Appointment, waiting: Appointment
) -> None:
    """The move's old stylist is not the appointment's any more, and is locked all the same."""
    to = Move(staff=salon.jonas)
    moved = booking.reschedule(promised, to, now=NOW, keeps_old_until=UNTIL)
    booking.cancel(moved, now=NOW)
    assert status(waiting) == BOOKED


def test_earliest_created_is_promoted_first_and_the_other_waits_on(
    salon: Salon, promised: Appointment, waiting: Appointment
) -> None:
    later = record(salon, "10:00", now=NOW + timedelta(seconds=1))
    booking.cancel(promised, now=NOW)
    assert (status(waiting), status(later)) == (BOOKED, CONFLICT)
    booking.cancel(waiting, now=NOW)
    assert status(later) == BOOKED


def test_what_still_cannot_fit_stays_a_case(
    salon: Salon, promised: Appointment, waiting: Appointment
) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "11:00")
    short = record(salon, "10:45", plan=Plan((Phase("", 10),)))
    booking.cancel(promised, now=NOW)
    assert (status(waiting), status(short)) == (CONFLICT, BOOKED)


def test_conflict_of_a_colleague_or_at_another_time_is_left_alone(
    salon: Salon, promised: Appointment
) -> None:
    salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    others = [record(salon, "10:30", staff=salon.jonas)]
    noon = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    others.append(record(salon, "12:30"))
    before = [status(other) for other in others]
    booking.cancel(promised, now=NOW)
    assert (before, [status(other) for other in others]) == ([CONFLICT] * 2, [CONFLICT] * 2)
    booking.cancel(noon, now=NOW)
    assert status(others[1]) == BOOKED


def test_conflict_that_has_ended_is_left_alone(promised: Appointment, waiting: Appointment) -> None:
    booking.mark(promised, Status.NO_SHOW, now=at(MONDAY, "11:30"))
    assert status(waiting) == CONFLICT


def test_promoted_conflict_takes_the_time_of_a_hold(
    salon: Salon, promised: Appointment, waiting: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[str] = []
    monkeypatch.setattr(hooks, "_hold_lost", [lambda hold: lost.append(hold.holder)])
    request = salon.request(salon.cut, salon.emma, holder="call:1")
    held = booking.hold(request, start=at(MONDAY, "11:00"))
    booking.cancel(promised, now=NOW)
    held.refresh_from_db()
    assert (status(waiting), held.state, lost) == (BOOKED, ReservationState.LOST, ["call:1"])


def test_refused_move_promotes_nobody(salon: Salon, promised: Appointment, waiting: Appointment) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    with pytest.raises(booking.SlotTaken):
        booking.reschedule(promised, NOON, now=NOW)
    assert status(waiting) == CONFLICT


def test_replan_gives_freed_time_to_its_own_appointments_first(
    salon: Salon, promised: Appointment, waiting: Appointment
) -> None:
    """What a person has just planned was decided with the conflict before their eyes."""
    noon = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    booking.replan([(promised, Move(start=at(MONDAY, "15:00"))), (noon, Move(start=TEN))], now=NOW)
    assert (status(noon), status(waiting)) == (BOOKED, CONFLICT)


# Races


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion")], ids=["guarded", "unguarded"])
def test_booking_while_the_conflict_is_promoted_is_refused(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    promised = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    conflict = record(committed, "10:30")
    book = partial(committed.book, committed.cut, committed.emma, MONDAY, "11:00")
    with without(*missing):
        outcomes = meanwhile(
            "appointments.booking.promotion.update", partial(booking.cancel, promised, now=NOW), book
        )
        assert (type(outcomes[1]).__name__, status(conflict), overlaps()) == (
            ("Appointment", BOOKED, 1) if missing else ("SlotTaken", BOOKED, 0)
        )


def test_booking_that_came_first_leaves_the_conflict_waiting(committed: Salon) -> None:
    """Freed by one, taken by the other who had the lock first."""
    promised = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    conflict = record(committed, "10:30")
    book = partial(committed.book, committed.cut, committed.emma, MONDAY, "11:00")
    outcomes = meanwhile(
        "appointments.booking.making.insert", book, partial(booking.cancel, promised, now=NOW)
    )
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert (kinds, status(conflict), overlaps()) == (["Appointment", "Appointment"], CONFLICT, 0)


def test_conflict_recorded_while_its_time_is_freed_is_booked(committed: Salon) -> None:
    """Neither before nor after: there is no moment in which it waits for what is free already."""
    promised = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    cancel, store = partial(booking.cancel, promised, now=NOW), partial(record, committed, "10:30")
    meanwhile("appointments.booking.statuses.update", cancel, store)
    assert status(Appointment.objects.get(source=Source.CALENDAR)) == BOOKED


@pytest.mark.parametrize("missing", [(), ("locks",)], ids=["guarded", "unguarded"])
def test_conflict_recorded_first_is_seen_by_whoever_frees_its_time(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    """Unguarded, it has just been stored as a conflict that nobody will ever promote."""
    promised = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    cancel, store = partial(booking.cancel, promised, now=NOW), partial(record, committed, "10:30")
    with without(*missing):
        meanwhile("appointments.booking.recording.announce", store, cancel)
    stored = Appointment.objects.get(source=Source.CALENDAR)
    assert status(stored) == (CONFLICT if missing else BOOKED)
