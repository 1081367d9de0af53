"""What stands in an outside calendar already: holds make way for it, appointments do not.

When a test ends, the deferred triggers of the ledger are checked, so each of these also says that what
it leaves behind could be committed.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from appointments import booking, hooks
from appointments.booking import Move, Visit
from appointments.models import Absence, Appointment, Customer, Reservation, Staff
from appointments.models.appointment import Source, Status
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period
from appointments.rules.phases import Phase, Plan
from tests.appointments.racing import meanwhile, overlaps, promises_without_time, without
from tests.appointments.tables import everything, taken_by
from tests.salons import MONDAY, NOW, Salon, at, make_salon

TEN = at(MONDAY, "10:00")
HOUR = timedelta(hours=1)
UNTIL = NOW + timedelta(seconds=90)
OUTSIDE = Visit(source=Source.CALENDAR)


def plan(minutes: int = 60) -> Plan:
    return Plan((Phase("", minutes),))


def record(salon: Salon, clock: str = "10:00", *, now: datetime = NOW, **facts: Any) -> Appointment:
    given = {"staff": salon.emma, "service": salon.cut, "plan": plan(), "visit": OUTSIDE, **facts}
    return booking.record(start=at(MONDAY, clock), now=now, **given)


def follow(appointment: Appointment, clock: str, *, now: datetime = NOW, **facts: Any) -> Appointment:
    return booking.follow(appointment, start=at(MONDAY, clock), now=now, **{"plan": plan(), **facts})


def hold(salon: Salon, clock: str = "10:00", holder: str = "call:1", now: datetime = NOW) -> Reservation:
    return booking.hold(salon.request(salon.cut, salon.emma, holder=holder, now=now), start=at(MONDAY, clock))


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Holder and state of what the hook was told."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(hooks, "_hold_lost", [])
    hooks.on_hold_lost(lambda reservation: told.append((reservation.holder, reservation.state)))
    return told


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Id and status of each appointment whose change was announced."""
    announced: list[tuple[int, str]] = []
    monkeypatch.setattr(hooks, "_changed", [lambda one: announced.append((one.pk, str(one.status)))])
    return announced


# Recording


def test_outside_booking_becomes_an_appointment_with_its_own_length(
    salon: Salon, told: list[tuple[int, str]]
) -> None:
    guest = Customer.objects.create(company=salon.company, name="Erika Muster")
    stored = record(salon, plan=plan(80), visit=Visit(source=Source.CALENDAR, customer=guest))
    stored.refresh_from_db()
    assert (stored.status, stored.customer, stored.branch, stored.ends_at, taken_by(stored)) == (
        Status.BOOKED,
        guest,
        salon.branch,
        TEN + timedelta(minutes=80),
        [Period(TEN, TEN + timedelta(minutes=80))],
    )
    assert (stored.revision, told) == (1, [(stored.pk, "booked")])


def test_outside_booking_does_not_ask_for_hours_notice_grid_absences_or_skills(salon: Salon) -> None:
    Absence.objects.create(staff=salon.emma, starts_at=TEN, ends_at=at(MONDAY, "23:00"))
    Staff.objects.filter(pk=salon.emma.pk).update(offers_all_services=False)
    salon.emma.refresh_from_db()
    found = [record(salon, clock, now=at(MONDAY, "10:01")).status for clock in ("10:02", "21:03")]
    assert found == ["booked", "booked"]


def test_outside_booking_that_is_running_takes_its_time(salon: Salon) -> None:
    assert record(salon, now=TEN + HOUR - timedelta(seconds=1)).status == Status.BOOKED


def test_outside_booking_that_has_ended_is_completed_and_takes_no_time(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    past = record(salon, now=TEN + HOUR)
    assert (past.status, taken_by(past), past.starts_at) == (Status.COMPLETED, [], TEN)


@pytest.mark.parametrize("source", [source for source in Source if source != Source.CALENDAR])
def test_only_what_comes_from_a_calendar_is_recorded_unasked(salon: Salon, source: Source) -> None:
    with pytest.raises(ValueError, match=source):
        record(salon, visit=Visit(source=source))
    inside = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    with pytest.raises(ValueError, match="staff"):
        follow(inside, "12:00")


def test_outside_booking_without_work_is_a_programmers_mistake(salon: Salon) -> None:
    with pytest.raises(ValueError, match="Phase"):
        record(salon, plan=Plan((Phase("", 60, busy=False),)))


def test_outside_booking_of_another_companys_customer_is_refused(salon: Salon) -> None:
    """Invariant I8."""
    stranger = Customer.objects.create(company=make_salon("abendrot").company, name="Erika Muster")
    with pytest.raises(ValidationError):
        record(salon, visit=Visit(source=Source.CALENDAR, customer=stranger))


# Against holds


def test_hold_loses_its_time_to_an_outside_booking(salon: Salon, lost: list[tuple[str, str]]) -> None:
    """Incident D16: the customer outside has been told yes; the call can still be told."""
    held = hold(salon, "10:30")
    stored = record(salon)
    held.refresh_from_db()
    assert (stored.status, held.state, taken_by(held), lost) == (
        Status.BOOKED,
        ReservationState.LOST,
        [],
        [("call:1", "lost")],
    )


def test_hold_beside_an_outside_booking_stands(salon: Salon, lost: list[tuple[str, str]]) -> None:
    held = hold(salon, "11:00")
    record(salon)
    held.refresh_from_db()
    assert (held.state, lost) == (ReservationState.HELD, [])


def test_expired_hold_is_cleared_and_not_told(salon: Salon, lost: list[tuple[str, str]]) -> None:
    held = hold(salon)
    stored = record(salon, now=UNTIL)
    held.refresh_from_db()
    assert (stored.status, held.state, lost) == (Status.BOOKED, ReservationState.EXPIRED, [])


def test_lost_hold_can_be_neither_extended_nor_booked(salon: Salon) -> None:
    held = hold(salon)
    record(salon)
    with pytest.raises(booking.HoldLost):
        booking.extend(held, now=NOW)
    with pytest.raises(booking.SlotTaken):
        booking.convert(held, visit=Visit(source=Source.PHONE), now=NOW)


# Against appointments


def test_outside_booking_against_an_appointment_is_stored_in_conflict(
    salon: Salon, told: list[tuple[int, str]]
) -> None:
    """Invariants I5, I6: nothing is lost, nothing promised is touched."""
    promised = salon.book(salon.cut, salon.emma, MONDAY, "10:30")
    before = list(Appointment.objects.values())
    stored = record(salon)
    assert (stored.status, stored.starts_at, stored.phases.count(), taken_by(stored)) == (
        Status.CONFLICT,
        TEN,
        1,
        [],
    )
    assert list(Appointment.objects.exclude(pk=stored.pk).values()) == before
    assert told == [(promised.pk, "booked"), (stored.pk, "conflict")]


def test_outside_booking_in_the_gap_of_an_appointment_fits(salon: Salon) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    assert record(salon, "10:50", plan=plan(15)).status == Status.BOOKED


def test_outside_booking_against_an_undecided_move_is_stored_in_conflict(salon: Salon) -> None:
    """Incident C16: what may be moved back is still promised."""
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    until = NOW + timedelta(seconds=60)
    moved = booking.reschedule(booked, Move(start=at(MONDAY, "15:00")), now=NOW, keeps_old_until=until)
    assert (record(salon).status, booking.undo_move(moved, now=NOW).starts_at) == (Status.CONFLICT, TEN)


def test_outside_booking_takes_the_time_of_an_expired_move(salon: Salon) -> None:
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    moved = booking.reschedule(booked, Move(start=at(MONDAY, "15:00")), now=NOW, keeps_old_until=UNTIL)
    assert record(salon, now=UNTIL).status == Status.BOOKED
    with pytest.raises(booking.SlotTaken):
        booking.undo_move(moved, now=UNTIL)


def test_conflict_takes_no_hold_with_it(salon: Salon, lost: list[tuple[str, str]]) -> None:
    """It takes no time, so the call would be told something that is not so."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:30")
    held = hold(salon, "09:30")
    record(salon, "10:00")
    held.refresh_from_db()
    assert (held.state, len(taken_by(held)), lost) == (ReservationState.HELD, 1, [])


# Following


def test_followed_booking_gives_up_its_old_time_and_takes_the_new(salon: Salon) -> None:
    stored = follow(record(salon), "12:00", staff=salon.jonas, plan=plan(45))
    noon = at(MONDAY, "12:00")
    assert (stored.status, stored.staff, taken_by(stored), stored.revision) == (
        Status.BOOKED,
        salon.jonas,
        [Period(noon, noon + timedelta(minutes=45))],
        2,
    )
    assert salon.book(salon.cut, salon.emma, MONDAY, "10:00").status == Status.BOOKED


def test_following_to_where_it_stands_changes_nothing(salon: Salon) -> None:
    """Invariant I7: the same event twice."""
    stored = record(salon)
    before = everything()
    assert (follow(stored, "10:00").revision, everything()) == (1, before)


def test_followed_booking_may_become_longer_in_its_place(salon: Salon) -> None:
    stored = follow(record(salon), "10:00", plan=plan(90))
    assert (stored.ends_at, taken_by(stored)) == (at(MONDAY, "11:30"), [Period(TEN, at(MONDAY, "11:30"))])


def test_followed_booking_overlapping_its_old_time_is_not_in_its_own_way(salon: Salon) -> None:
    assert follow(record(salon), "10:30").status == Status.BOOKED


def test_followed_booking_takes_the_time_of_a_hold(salon: Salon, lost: list[tuple[str, str]]) -> None:
    stored, held = record(salon), hold(salon, "12:00")
    follow(stored, "12:30")
    held.refresh_from_db()
    assert (held.state, lost) == (ReservationState.LOST, [("call:1", "lost")])


def test_followed_booking_that_does_not_fit_is_in_conflict_where_it_is_now(salon: Salon) -> None:
    promised = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    stored = follow(record(salon), "12:30")
    stored.refresh_from_db()
    assert (stored.status, stored.starts_at, taken_by(stored), len(taken_by(promised))) == (
        Status.CONFLICT,
        at(MONDAY, "12:30"),
        [],
        1,
    )
    assert salon.book(salon.cut, salon.emma, MONDAY, "10:00").status == Status.BOOKED


def test_followed_conflict_that_fits_is_booked(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    stored = follow(record(salon), "12:00")
    assert (stored.status, len(taken_by(stored))) == (Status.BOOKED, 1)


def test_following_a_conflict_to_where_it_stands_changes_nothing(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    stored = record(salon)
    before = everything()
    assert (follow(stored, "10:00").status, everything()) == (Status.CONFLICT, before)


def test_followed_conflict_may_wait_elsewhere(salon: Salon) -> None:
    for clock in ("10:00", "12:00"):
        salon.book(salon.cut, salon.emma, MONDAY, clock)
    stored = follow(record(salon), "12:30")
    assert (stored.status, stored.starts_at, stored.revision) == (Status.CONFLICT, at(MONDAY, "12:30"), 2)


def test_followed_booking_keeps_what_was_confirmed(salon: Salon) -> None:
    confirmed = booking.mark(record(salon), Status.CONFIRMED, now=NOW)
    assert follow(confirmed, "12:00").status == Status.CONFIRMED


def test_booking_followed_into_the_past_is_completed_and_back_again_is_booked(salon: Salon) -> None:
    now = at(MONDAY, "12:00")
    past = follow(record(salon, "15:00", now=now), "10:00", now=now)
    assert (past.status, taken_by(past)) == (Status.COMPLETED, [])
    back = follow(past, "16:00", now=now)
    assert (back.status, len(taken_by(back))) == (Status.BOOKED, 1)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REJECTED])
def test_booking_that_was_cancelled_here_is_not_followed(salon: Salon, status: Status) -> None:
    ended = booking.mark(record(salon), status, now=NOW)
    with pytest.raises(booking.NotAllowed):
        follow(ended, "12:00")


def test_followed_booking_ends_its_own_undecided_move(salon: Salon) -> None:
    """Somebody has moved it outside meanwhile: it stands at neither of our two times."""
    stored = record(salon)
    noon = Move(start=at(MONDAY, "12:00"))
    moved = booking.reschedule(stored, noon, now=NOW, keeps_old_until=UNTIL)
    gone = follow(moved, "16:00")
    assert [salon.book(salon.cut, salon.emma, MONDAY, clock).status for clock in ("10:00", "12:00")] == [
        "booked",
        "booked",
    ]
    with pytest.raises(booking.NotAllowed):
        booking.undo_move(gone, now=NOW)


def test_following_from_an_old_copy_is_stale(salon: Salon) -> None:
    stored = record(salon)
    old = Appointment.objects.get(pk=stored.pk)
    follow(stored, "12:00", staff=salon.jonas)
    with pytest.raises(booking.Stale):
        follow(old, "14:00")


# Races


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion")], ids=["guarded", "unguarded"])
def test_booking_and_recording_at_once_leave_one_of_both_with_the_time(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    book = partial(committed.book, committed.cut, committed.emma, MONDAY, "10:30")
    with without(*missing):
        outcomes = meanwhile("appointments.booking.making.insert", book, partial(record, committed))
        statuses = [str(outcome.status) for outcome in outcomes]
        assert (statuses, overlaps()) == (
            (["booked", "booked"], 1) if missing else (["booked", "conflict"], 0)
        )


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion")], ids=["guarded", "unguarded"])
def test_two_recordings_at_once_keep_both_and_one_has_the_time(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    with without(*missing):
        outcomes = meanwhile(
            "appointments.booking.recording.insert", partial(record, committed), partial(record, committed)
        )
        statuses = [str(outcome.status) for outcome in outcomes]
        assert (statuses, overlaps()) == (
            (["booked", "booked"], 1) if missing else (["booked", "conflict"], 0)
        )


def test_recording_without_our_locks_meets_the_constraint(committed: Salon) -> None:
    """It has the last word, and what it refuses is stored all the same."""
    first, second = partial(record, committed), partial(record, committed, "10:30")
    with without("locks"):
        outcomes = meanwhile("appointments.booking.recording.take_time", first, second)
    assert ([str(outcome.status) for outcome in outcomes], overlaps()) == (["booked", "conflict"], 0)


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_hold_is_either_booked_or_lost(committed: Salon, missing: tuple[str, ...]) -> None:
    """Incident 3: booked while it was being lost, it would be a promise without its time."""
    held = hold(committed)
    convert = partial(booking.convert, held, visit=Visit(source=Source.PHONE), now=NOW)
    with without(*missing):
        outcomes = meanwhile("appointments.booking.making.insert", convert, partial(record, committed))
        assert (promises_without_time(), str(outcomes[1].status)) == (
            (1, "booked") if missing else (0, "conflict")
        )
