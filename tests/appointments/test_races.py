"""Races, each with a negative control: switched off, the guard lets the harm happen (principle 16)."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected
from pytest_django import Settings

from appointments import booking, hooks
from appointments.availability import Reason
from appointments.booking import Move, Visit, changes, ledger
from appointments.models import Absence, Appointment, Reservation, Service, Staff
from appointments.models.appointment import Source, Status
from appointments.models.ledger import ReservationState
from tests.appointments.racing import (
    meanwhile,
    outcome_of,
    overlaps,
    promises_without_time,
    race,
    without,
)
from tests.appointments.tables import taken_by
from tests.salons import MONDAY, NOW, Salon, at

TEN = at(MONDAY, "10:00")
VISIT = Visit(source=Source.PHONE)
EXPIRED = NOW + timedelta(seconds=90)
CHECKED = "appointments.booking.slots.still_free"
CLEARED = "appointments.booking.holds.clear_the_way"

# Every set of guards from which one is missing, and what two holds for one time then leave behind.
GUARDS = [((), 0), (("locks",), 0), (("exclusion",), 0), (("locks", "exclusion"), 1)]


@pytest.fixture(autouse=True)
def _hold_times(settings: Settings) -> None:
    settings.HOLD_SECONDS, settings.HOLD_MAX_SECONDS = 90, 600


def hold(
    salon: Salon,
    holder: str,
    start: str = "10:00",
    *,
    service: Service | None = None,
    staff: Staff | None = None,
    now: datetime = NOW,
) -> Callable[[], Reservation]:
    request = salon.request(service or salon.cut, staff, holder=holder, now=now)
    return partial(booking.hold, request, start=at(MONDAY, start))


def kinds(outcomes: list[object]) -> dict[str, int]:
    return dict(Counter(type(outcome).__name__ for outcome in outcomes))


# One time, many callers


@pytest.mark.parametrize(("missing", "stored"), GUARDS, ids=["both", "constraint", "locks", "neither"])
def test_two_holds_for_one_time_need_one_of_two_guards(
    committed: Salon, missing: tuple[str, ...], stored: int
) -> None:
    """Incidents D1, D4, D12. The second call comes after the first has checked and before it writes.

    With locks or constraint one hold is refused; with neither both are stored.
    """
    first, second = (hold(committed, holder, staff=committed.emma) for holder in ("call:1", "call:2"))
    with without(*missing):
        outcomes = meanwhile(CHECKED, first, second)
        assert (kinds(outcomes), overlaps()) == (
            {"Reservation": 1 + stored, **({} if stored else {"SlotTaken": 1})},
            stored,
        )


def test_twenty_calls_for_one_stylist_get_one_hold(committed: Salon) -> None:
    outcomes = race([hold(committed, f"call:{number}", staff=committed.emma) for number in range(20)])
    assert (kinds(outcomes), overlaps()) == ({"Reservation": 1, "SlotTaken": 19}, 0)


def test_twenty_calls_for_anybody_get_one_hold_of_each_stylist(committed: Salon) -> None:
    outcomes = race([hold(committed, f"call:{number}") for number in range(20)])
    assert (kinds(outcomes), overlaps()) == ({"Reservation": 2, "SlotTaken": 18}, 0)


def test_repeated_function_call_at_once_leaves_one_hold(committed: Salon) -> None:
    """Invariant I7: the platform sends the same call twice."""
    outcomes = race([hold(committed, "call:1", staff=committed.emma)] * 2)
    states = sorted(Reservation.objects.values_list("state", flat=True))
    assert (kinds(outcomes), states) == ({"Reservation": 2}, ["held", "replaced"])


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion")], ids=["guarded", "unguarded"])
def test_different_starts_and_services_that_overlap_exclude_each_other(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    """Incident D12: the key was service and minute, so 10:00 did not exclude 10:30."""
    perm = hold(committed, "call:1", "09:30", service=committed.perm, staff=committed.emma)
    cut = hold(committed, "call:2", "10:00", staff=committed.emma)
    with without(*missing):
        outcomes = meanwhile(CHECKED, perm, cut)
        assert (kinds(outcomes), overlaps() > 0) == (
            ({"Reservation": 2}, True) if missing else ({"Reservation": 1, "SlotTaken": 1}, False)
        )


def test_hold_in_the_gap_of_a_perm_does_not_wait_in_vain(committed: Salon) -> None:
    committed.cut.phases.update(minutes=15)
    perm = hold(committed, "call:1", "10:00", service=committed.perm, staff=committed.emma)
    cut = hold(committed, "call:2", "10:50", staff=committed.emma)
    assert kinds(meanwhile(CHECKED, perm, cut)) == {"Reservation": 2}


def test_two_bookings_without_hold_leave_one_appointment(committed: Salon) -> None:
    """Trap 1: ``clean()`` alone lets both book."""
    book = partial(committed.book, committed.cut, committed.emma, MONDAY, "10:00")
    outcomes = race([book] * 5)
    assert (kinds(outcomes), Appointment.objects.count()) == ({"Appointment": 1, "SlotTaken": 4}, 1)


def test_writer_without_our_locks_meets_the_constraint(committed: Salon) -> None:
    """A shell or raw SQL locks nobody; whoever loses gets a refusal, never an error page."""
    with without("locks"):
        outcomes = race([hold(committed, f"call:{number}", staff=committed.emma) for number in range(5)])
    assert (kinds(outcomes), overlaps()) == ({"Reservation": 1, "SlotTaken": 4}, 0)


# Holds that have expired


def expired_hold(salon: Salon) -> Reservation:
    return hold(salon, "call:1", staff=salon.emma)()


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_converting_an_expired_hold_beats_whoever_comes_after(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    """Incident 3: "gebucht", and the time belonged to somebody else."""
    reservation = expired_hold(committed)
    convert = partial(booking.convert, reservation, visit=VISIT, now=EXPIRED)
    other = hold(committed, "call:2", staff=committed.emma, now=EXPIRED)
    with without(*missing):
        outcomes = meanwhile("appointments.booking.making.insert", convert, other)
        assert (kinds(outcomes), promises_without_time()) == (
            ({"Appointment": 1, "Reservation": 1}, 1) if missing else ({"Appointment": 1, "SlotTaken": 1}, 0)
        )


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_converting_an_expired_hold_loses_to_whoever_came_before(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    reservation = expired_hold(committed)
    convert = partial(booking.convert, reservation, visit=VISIT, now=EXPIRED)
    other = hold(committed, "call:2", staff=committed.emma, now=EXPIRED)
    with without(*missing):
        outcomes = meanwhile(CLEARED, other, convert)
        assert (kinds(outcomes), promises_without_time()) == (
            ({"Reservation": 1, "Appointment": 1}, 1) if missing else ({"Reservation": 1, "SlotTaken": 1}, 0)
        )


def test_ledger_guard_alone_refuses_a_promise_whose_hold_was_taken(committed: Salon) -> None:
    """The last word, should a lock ever be forgotten: an error at commit, and no row."""
    reservation = expired_hold(committed)
    convert = partial(booking.convert, reservation, visit=VISIT, now=EXPIRED)
    other = hold(committed, "call:2", staff=committed.emma, now=EXPIRED)
    with without("locks"):
        outcomes = meanwhile(CLEARED, other, convert)
        assert (kinds(outcomes), Appointment.objects.count()) == (
            {"Reservation": 1, IntegrityError.__name__: 1},
            0,
        )


CLEARING = {
    "another call": ("appointments.booking.way.lock_reservations", "Reservation"),
    "the sweeper": ("appointments.booking.holds.lock_reservations", "int"),
}


@pytest.mark.parametrize("missing", [(), ("locks",)], ids=["guarded", "unguarded"])
@pytest.mark.parametrize("who", CLEARING)
def test_extending_an_expired_hold_tells_the_truth_about_who_has_the_time(
    committed: Salon, who: str, missing: tuple[str, ...]
) -> None:
    """Clearing has seen that the hold expired; extended now, the caller would be told a lie."""
    reservation = expired_hold(committed)
    point, cleared = CLEARING[who]
    clear = {
        "another call": hold(committed, "call:2", staff=committed.emma, now=EXPIRED),
        "the sweeper": partial(booking.sweep, now=EXPIRED),
    }[who]
    with without(*missing):
        outcomes = meanwhile(point, clear, partial(booking.extend, reservation, now=EXPIRED))
        told = "Reservation" if missing else "HoldLost"
        assert ([type(outcome).__name__ for outcome in outcomes], taken_by(reservation)) == (
            [cleared, told],
            [],
        )


def test_extending_first_makes_the_other_call_read_again(committed: Salon) -> None:
    """Chosen as expired before the lock, the hold has been extended when the lock is there."""
    reservation = expired_hold(committed)
    other = hold(committed, "call:2", staff=committed.emma, now=EXPIRED)
    extend = partial(booking.extend, reservation, now=EXPIRED)
    outcomes = meanwhile("appointments.booking.holds.lock_reservations", extend, other)
    reservation.refresh_from_db()
    assert (kinds(outcomes), reservation.state, len(taken_by(reservation))) == (
        {"Reservation": 1, "SlotTaken": 1},
        ReservationState.HELD,
        1,
    )


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_releasing_a_hold_that_is_being_booked_frees_nothing(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    """The caller hangs up while the booking runs."""
    reservation = expired_hold(committed)
    convert = partial(booking.convert, reservation, visit=VISIT, now=NOW)
    with without(*missing):
        meanwhile(
            "appointments.booking.making.lock_reservations", convert, partial(booking.release, reservation)
        )
        assert promises_without_time() == (1 if missing else 0)


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_converting_twice_at_once_is_one_appointment(committed: Salon, missing: tuple[str, ...]) -> None:
    """Incidents D6, D8, invariant I7."""
    reservation = expired_hold(committed)
    convert = partial(booking.convert, reservation, visit=VISIT, now=NOW)
    with without(*missing):
        outcomes = meanwhile("appointments.booking.making.insert", convert, convert)
        assert (len({outcome.pk for outcome in outcomes}), promises_without_time()) == (
            (2, 1) if missing else (1, 0)
        )


# Changes


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_cancelling_while_it_is_being_moved_stays_cancelled(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    """Unguarded, the move writes the status back that it had read, and the caller comes in vain."""
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    move = partial(booking.reschedule, booked, Move(start=at(MONDAY, "12:00")), now=NOW)
    with without(*missing):
        outcomes = meanwhile(
            "appointments.booking.changes.still_free", move, partial(booking.cancel, booked, now=NOW)
        )
        booked.refresh_from_db()
        assert (kinds(outcomes), booked.status, len(taken_by(booked))) == (
            {"Appointment": 2},
            *((Status.BOOKED, 1) if missing else (Status.CANCELLED, 0)),
        )


def test_moving_while_it_is_being_cancelled_is_refused(committed: Salon) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    move = partial(booking.reschedule, booked, Move(start=at(MONDAY, "12:00")), now=NOW)
    outcomes = meanwhile(
        "appointments.booking.current.lock_appointments", partial(booking.cancel, booked, now=NOW), move
    )
    booked.refresh_from_db()
    assert (kinds(outcomes), booked.status, taken_by(booked)) == (
        {"Appointment": 1, "NotAllowed": 1},
        Status.CANCELLED,
        [],
    )


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion")], ids=["guarded", "unguarded"])
def test_moving_and_booking_to_one_time_is_refused_to_the_second(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    move = partial(booking.reschedule, booked, Move(start=at(MONDAY, "12:00")), now=NOW)
    book = partial(committed.book, committed.cut, committed.emma, MONDAY, "12:30")
    with without(*missing):
        outcomes = meanwhile("appointments.booking.changes.move", move, book)
        assert (kinds(outcomes), overlaps()) == (
            ({"Appointment": 2}, 1) if missing else ({"Appointment": 1, "SlotTaken": 1}, 0)
        )


def crossing(salon: Salon) -> list[Callable[[], Appointment]]:
    """Two appointments, each of which wants to go where the other one is."""
    hers = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    his = salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    return [
        partial(booking.reschedule, hers, Move(staff=salon.jonas), now=NOW),
        partial(booking.reschedule, his, Move(staff=salon.emma), now=NOW),
    ]


def test_moving_into_each_others_place_is_refused_to_both(committed: Salon) -> None:
    outcomes = race(crossing(committed))
    owners = Appointment.objects.order_by("pk").values_list("staff__name", flat=True)
    assert (kinds(outcomes), list(owners)) == ({"SlotTaken": 2}, ["Emma Keller", "Jonas Brandt"])


@pytest.mark.parametrize("ordered", [True, False])
def test_moving_into_each_others_place_does_not_deadlock(
    committed: Salon, monkeypatch: pytest.MonkeyPatch, *, ordered: bool
) -> None:
    """Stylists are locked in one order. Locked in the order of the wish, the two wait for each other."""
    deadlocks: list[DeadlockDetected] = []
    between = Barrier(2)

    def meet() -> None:
        with suppress(BrokenBarrierError):  # then the other waits for a lock, as it should
            between.wait(timeout=0.3)

    def lock(*staff_ids: int) -> None:
        try:
            for staff_id in sorted(staff_ids) if ordered else staff_ids:
                ledger.lock_staff(staff_id)
                meet()
        except OperationalError as error:
            deadlocks.append(error.__cause__)
            raise

    monkeypatch.setattr(changes, "lock_staff", lock)
    outcomes = race(crossing(committed))
    assert (kinds(outcomes), [type(error) for error in deadlocks]) == (
        {"SlotTaken": 2},
        [] if ordered else [DeadlockDetected],
    )


def test_swapping_plans_that_cross_leave_no_overlap(committed: Salon) -> None:
    hers = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    his = committed.book(committed.cut, committed.jonas, MONDAY, "10:00")
    plan = [(hers, Move(staff=committed.jonas)), (his, Move(staff=committed.emma))]
    outcomes = race([partial(booking.replan, plan, now=NOW), partial(booking.replan, plan[::-1], now=NOW)])
    assert (kinds(outcomes), overlaps()) == ({"list": 1, "Stale": 1}, 0)


# Hours and absences


@pytest.mark.parametrize(("missing", "expected"), [((), Reason.STAFF_ABSENT), (("locks",), None)])
def test_booking_waits_for_an_absence_that_is_being_entered(
    committed: Salon, missing: tuple[str, ...], expected: Reason | None
) -> None:
    """Whoever writes hours or absences takes the lock of the stylist (``architecture.md`` §3)."""
    outcome = book_while_emma_falls_ill(committed, committed.emma, *missing)
    assert getattr(outcome, "reason", None) == expected


def test_booking_with_anybody_goes_to_the_colleague_of_who_falls_ill(committed: Salon) -> None:
    """Emma was free when we looked and is away when her lock is there; Jonas is free all the same."""
    assert book_while_emma_falls_ill(committed, None).staff == committed.jonas


def test_hold_with_anybody_goes_to_the_colleague_of_who_falls_ill(committed: Salon) -> None:
    act = hold(committed, "call:1")
    assert while_emma_falls_ill(committed, act).staff == committed.jonas


def book_while_emma_falls_ill(salon: Salon, staff: Staff | None, *missing: str) -> object:
    book = partial(salon.book, salon.cut, staff, MONDAY, "10:00")
    with without(*missing):
        return while_emma_falls_ill(salon, book)


def while_emma_falls_ill(salon: Salon, act: Callable[[], object]) -> object:
    """``act`` begins when the absence has been written and not committed."""

    def fall_ill() -> None:
        with transaction.atomic():
            ledger.lock_staff(salon.emma.pk)
            enter_absence(salon.emma)

    _nothing, outcome = meanwhile(f"{__name__}.enter_absence", fall_ill, act)
    return outcome


def enter_absence(staff: Staff) -> None:
    Absence.objects.create(staff=staff, starts_at=TEN, ends_at=at(MONDAY, "18:00"))


# Deadlocks


@pytest.fixture
def deadlock_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL ends the next change as the victim of a deadlock, and the one after it not."""
    monkeypatch.setattr(hooks, "_changed", [])
    victims: list[int] = []

    @hooks.on_change
    def fail(appointment: Appointment) -> None:
        victims.append(appointment.pk)
        if len(victims) == 1:
            raise OperationalError from DeadlockDetected()


WRITERS: dict[str, Callable[[Reservation, Appointment], object]] = {
    "convert": lambda held, _booked: booking.convert(held, visit=VISIT, now=NOW),
    "convert afresh": lambda held, _booked: booking.convert(swept(held), visit=VISIT, now=EXPIRED),
    "reschedule": lambda _held, booked: booking.reschedule(booked, LATER_THAT_DAY, now=NOW),
    "cancel": lambda _held, booked: booking.cancel(booked, now=NOW),
    "edit": lambda _held, booked: booking.edit(booked, {"notes": "Kommt später."}, now=NOW),
    "replan": lambda _held, booked: booking.replan([(booked, LATER_THAT_DAY)], now=NOW),
}
LATER_THAT_DAY = Move(start=at(MONDAY, "16:00"))


def swept(reservation: Reservation) -> Reservation:
    booking.sweep(now=EXPIRED)
    return reservation


@pytest.mark.parametrize("name", WRITERS)
def test_victim_of_a_deadlock_is_tried_once_more(
    committed: Salon, name: str, request: pytest.FixtureRequest
) -> None:
    reservation = hold(committed, "call:1", staff=committed.emma)()
    booked = committed.book(committed.cut, committed.emma, MONDAY, "14:00")
    request.getfixturevalue("deadlock_once")
    outcome = outcome_of(partial(WRITERS[name], reservation, booked))
    assert (isinstance(outcome, Exception), overlaps(), promises_without_time()) == (False, 0, 0)


def test_guards_stand_again_after_these_tests(committed: Salon) -> None:
    """Put back as the migrations made them, whichever test came before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid), convalidated FROM pg_constraint "
            "WHERE conname = 'allocation_one_place_at_a_time'"
        )
        constraints = cursor.fetchall()
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgname LIKE '%%_ledger'")
        triggers = cursor.fetchall()
    definition = (
        "EXCLUDE USING gist (int8range(staff_id, staff_id, '[]'::text) WITH &&, during WITH &&) DEFERRABLE"
    )
    assert (constraints, triggers) == ([(definition, True)], [("O",), ("O",)])
