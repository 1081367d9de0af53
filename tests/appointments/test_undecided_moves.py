"""A move that may still be taken back: until it is settled, both times are the appointment's.

When a test ends, the deferred triggers of the ledger are checked, so each of these also says that what
it leaves behind could be committed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from appointments import booking, hooks
from appointments.availability import alternatives, check, free_starts
from appointments.booking import Move
from appointments.models import Allocation, Appointment, Branch, Reservation, Service, Staff
from appointments.models.appointment import Status
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period
from tests.appointments.racing import meanwhile, overlaps, promises_without_time, without
from tests.appointments.tables import everything, taken_by
from tests.salons import MONDAY, NOW, Salon, at, make_salon, make_service

TEN = at(MONDAY, "10:00")
NOON = at(MONDAY, "12:00")
CUT = timedelta(minutes=55)
UNTIL = NOW + timedelta(seconds=60)


@pytest.fixture
def booked(salon: Salon) -> Appointment:
    """A cut with Emma at ten."""
    return salon.book(salon.cut, salon.emma, MONDAY, "10:00")


def move(appointment: Appointment, until: datetime = UNTIL, **to: Any) -> Appointment:
    return booking.reschedule(appointment, Move(**to), now=NOW, keeps_old_until=until, overrides_hours=True)


def kept(appointment: Appointment) -> Reservation:
    return Reservation.objects.get(holder=f"move:{appointment.pk}")


def is_free(salon: Salon, start: datetime, *, staff: Staff | None = None, now: datetime = NOW) -> bool:
    return check(salon.request(salon.cut, staff or salon.emma, now=now), start=start).is_free


# What is kept


def test_undecided_move_holds_the_old_time_and_the_new(salon: Salon, booked: Appointment) -> None:
    """Incident C16: refused outside, a moved appointment had neither time."""
    moved = move(booked, start=NOON)
    assert (taken_by(moved), taken_by(kept(booked))) == (
        [Period(NOON, NOON + CUT)],
        [Period(TEN, TEN + CUT)],
    )
    assert (is_free(salon, TEN), is_free(salon, NOON)) == (False, False)


def test_undecided_move_remembers_where_it_came_from(salon: Salon, booked: Appointment) -> None:
    move(booked, start=NOON, staff=salon.jonas, service=salon.perm)
    old = kept(booked)
    assert (old.appointment, old.staff, old.service, old.starts_at, old.ends_at, old.plan) == (
        booked,
        salon.emma,
        salon.cut,
        TEN,
        TEN + CUT,
        booked.plan,
    )


def test_undecided_move_holds_what_both_times_share_once(booked: Appointment) -> None:
    half_past = TEN + timedelta(minutes=30)
    move(booked, start=half_past)
    assert taken_by(kept(booked)) == [Period(TEN, half_past)]


def test_undecided_move_to_a_colleague_keeps_the_whole_time(salon: Salon, booked: Appointment) -> None:
    move(booked, staff=salon.jonas)
    assert taken_by(kept(booked)) == [Period(TEN, TEN + CUT)]


def test_undecided_move_whose_new_time_covers_the_old_keeps_a_row_without_time(
    salon: Salon, booked: Appointment
) -> None:
    salon.perm.phases.update(busy=True)
    move(booked, service=salon.perm)
    assert (taken_by(kept(booked)), booking.undo_move(booked, now=NOW).service) == ([], salon.cut)


def test_undecided_move_leaves_the_gaps_free(salon: Salon) -> None:
    perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    move(perm, staff=salon.jonas)
    salon.cut.phases.update(minutes=15)
    assert is_free(salon, at(MONDAY, "10:50"))


def test_move_that_goes_nowhere_keeps_nothing(booked: Appointment) -> None:
    move(booked, start=TEN)
    assert not Reservation.objects.exists()


def test_refused_move_keeps_nothing(salon: Salon, booked: Appointment) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    before = everything()
    with pytest.raises(booking.SlotTaken):
        move(booked, start=NOON)
    assert everything() == before


def test_old_time_is_free_for_others_once_it_has_expired(salon: Salon, booked: Appointment) -> None:
    move(booked, start=NOON)
    assert [is_free(salon, TEN, now=UNTIL - timedelta(seconds=1)), is_free(salon, TEN, now=UNTIL)] == [
        False,
        True,
    ]


def test_old_time_is_not_offered_to_others(salon: Salon, booked: Appointment) -> None:
    move(booked, start=NOON)
    offered = alternatives(salon.request(salon.cut, salon.emma), near=TEN, count=50)
    assert not {TEN, NOON} & {slot.start for slot in offered}


def test_old_time_is_none_of_the_three_holds_of_a_call(salon: Salon, booked: Appointment) -> None:
    """Whatever a call holds, renews or drops, the time of a move is not among it (incident D15)."""
    move(booked, start=NOON)
    before = list(Reservation.objects.filter(pk=kept(booked).pk).values())
    for number, clock in enumerate(("13:00", "14:00", "15:00", "16:00")):
        request = salon.request(salon.cut, salon.emma, holder="call:1")
        booking.hold(request, start=at(MONDAY, clock), person=f"Kind {number}")
    booking.keep_alive("call:1", now=NOW + timedelta(seconds=30))
    assert list(Reservation.objects.filter(pk=kept(booked).pk).values()) == before


# Settling


def test_settled_move_gives_the_old_time_back(salon: Salon, booked: Appointment) -> None:
    moved = move(booked, start=NOON)
    booking.settle_move(moved, now=NOW)
    assert (kept(booked).state, is_free(salon, TEN), is_free(salon, NOON)) == (
        ReservationState.RELEASED,
        True,
        False,
    )


def test_settling_twice_or_without_a_move_changes_nothing(booked: Appointment) -> None:
    before = everything()
    booking.settle_move(booked, now=NOW)
    assert everything() == before
    moved = move(booked, start=NOON)
    booking.settle_move(moved, now=NOW)
    before = everything()
    booking.settle_move(moved, now=NOW)
    assert everything() == before


def test_second_move_waits_until_the_first_is_settled(booked: Appointment) -> None:
    """Else the first could not be taken back any more, or the second would be taken back with it."""
    moved = move(booked, start=NOON)
    before = everything()
    with pytest.raises(booking.NotAllowed):
        booking.reschedule(moved, Move(start=at(MONDAY, "15:00")), now=NOW)
    with pytest.raises(booking.NotAllowed):
        booking.replan([(moved, Move(start=at(MONDAY, "15:00")))], now=NOW)
    assert everything() == before


def test_same_move_again_changes_nothing(booked: Appointment) -> None:
    """Invariant I7: the second delivery of what was asked and answered."""
    moved = move(booked, start=NOON)
    before = everything()
    move(moved, start=NOON)
    assert everything() == before


def test_second_move_settles_a_first_that_has_expired(salon: Salon, booked: Appointment) -> None:
    moved = move(booked, start=NOON)
    again = booking.reschedule(moved, Move(start=at(MONDAY, "15:00")), now=UNTIL)
    assert (kept(booked).state, is_free(salon, TEN)) == (ReservationState.RELEASED, True)
    with pytest.raises(booking.NotAllowed):
        booking.undo_move(again, now=UNTIL)


def test_replan_settles_only_the_moves_of_what_it_moves(salon: Salon, booked: Appointment) -> None:
    other = salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    moved = move(booked, start=NOON)
    plan = [(moved, Move(start=NOON)), (other, Move(start=at(MONDAY, "15:00")))]
    booking.replan(plan, now=NOW)
    assert kept(booked).state == ReservationState.HELD


def test_cancelling_an_undecided_move_frees_both_times(salon: Salon, booked: Appointment) -> None:
    moved = move(booked, start=NOON, staff=salon.jonas)
    booking.cancel(moved, now=NOW)
    assert (is_free(salon, TEN), is_free(salon, NOON, staff=salon.jonas)) == (True, True)
    with pytest.raises(booking.NotAllowed):
        booking.undo_move(moved, now=NOW)


def test_confirming_an_undecided_move_leaves_it_undecided(booked: Appointment) -> None:
    confirmed = booking.mark(move(booked, start=NOON), Status.CONFIRMED, now=NOW)
    undone = booking.undo_move(confirmed, now=NOW)
    assert (undone.starts_at, undone.status) == (TEN, Status.CONFIRMED)


# Taking back


def test_undone_move_puts_everything_back(salon: Salon, booked: Appointment) -> None:
    """Exactly as promised, even if the salon sells something longer now (invariant I5)."""
    before = everything()[2]
    moved = move(booked, start=NOON, staff=salon.jonas, service=salon.perm)
    salon.cut.phases.update(minutes=90)
    undone = booking.undo_move(moved, now=NOW)
    stored = Appointment.objects.get(pk=booked.pk)
    assert (stored.staff, stored.service, stored.starts_at, stored.ends_at, stored.plan.minutes) == (
        salon.emma,
        salon.cut,
        TEN,
        TEN + CUT,
        55,
    )
    owners = [(row["staff_id"], row["during"], row["appointment_id"]) for row in everything()[2]]
    assert owners == [(row["staff_id"], row["during"], row["appointment_id"]) for row in before]
    assert (undone.revision, kept(booked).state) == (3, ReservationState.CONVERTED)


def test_undone_move_returns_to_its_branch_and_its_phases(salon: Salon) -> None:
    """Incident E10: the head goes back, its segments with it."""
    perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    before, phases = taken_by(perm), list(perm.phases.values_list("position", "starts_at", "busy"))
    nord = Branch.objects.create(company=salon.company, name="Nord", calendar="off")
    lena = Staff.objects.create(company=salon.company, branch=nord, name="Lena Vogt")
    undone = booking.undo_move(move(perm, staff=lena, service=salon.cut), now=NOW)
    assert (
        undone.branch,
        taken_by(perm),
        list(perm.phases.values_list("position", "starts_at", "busy")),
    ) == (
        salon.branch,
        before,
        phases,
    )


def test_undone_move_does_not_ask_what_the_stylist_offers_today(salon: Salon, booked: Appointment) -> None:
    moved = move(booked, start=NOON, staff=salon.jonas)
    Staff.objects.filter(pk=salon.emma.pk).update(offers_all_services=False, active=False)
    assert booking.undo_move(moved, now=NOW).staff == salon.emma


def test_undoing_tells_the_others(booked: Appointment, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = move(booked, start=NOON)
    told: list[tuple[datetime, int]] = []
    monkeypatch.setattr(hooks, "_changed", [lambda one: told.append((one.starts_at, one.revision))])
    booking.undo_move(moved, now=NOW)
    assert told == [(TEN, 3)]


def test_undoing_twice_changes_nothing(booked: Appointment) -> None:
    undone = booking.undo_move(move(booked, start=NOON), now=NOW)
    before = everything()
    assert (booking.undo_move(undone, now=NOW).starts_at, everything()) == (TEN, before)


@pytest.mark.parametrize("swept", [False, True])
def test_expired_move_can_be_undone_if_nobody_took_the_time(booked: Appointment, *, swept: bool) -> None:
    moved = move(booked, start=NOON)
    if swept:
        booking.sweep(now=UNTIL)
    booking.undo_move(moved, now=UNTIL)
    assert taken_by(booked) == [Period(TEN, TEN + CUT)]


@pytest.mark.parametrize("by", ["appointment", "hold"])
def test_expired_move_cannot_be_undone_if_somebody_took_the_time(
    salon: Salon, booked: Appointment, by: str
) -> None:
    moved = move(booked, start=NOON)
    take(salon, by, "10:30", UNTIL)
    before = everything()
    with pytest.raises(booking.SlotTaken):
        booking.undo_move(moved, now=UNTIL)
    assert (everything(), kept(booked).state) == (before, ReservationState.EXPIRED)


def take(salon: Salon, by: str, clock: str, now: datetime) -> None:
    request = salon.request(salon.cut, salon.emma, holder="call:2", now=now)
    if by == "hold":
        booking.hold(request, start=at(MONDAY, clock))
    else:
        salon.book(salon.cut, salon.emma, MONDAY, clock, now=now)


def test_undoing_clears_an_expired_hold_out_of_the_way(salon: Salon, booked: Appointment) -> None:
    moved = move(booked, start=NOON)
    booking.sweep(now=UNTIL)
    take(salon, "hold", "10:30", UNTIL)
    later = UNTIL + timedelta(hours=1)
    assert booking.undo_move(moved, now=later).starts_at == TEN


@pytest.mark.parametrize("how", ["never moved", "moved for good", "settled"])
def test_there_must_be_an_undecided_move_to_undo(booked: Appointment, how: str) -> None:
    moved = booked
    if how == "moved for good":
        moved = booking.reschedule(booked, Move(start=NOON), now=NOW)
    if how == "settled":
        moved = move(booked, start=NOON)
        booking.settle_move(moved, now=NOW)
    before = everything()
    with pytest.raises(booking.NotAllowed):
        booking.undo_move(moved, now=NOW)
    assert everything() == before


def test_undoing_from_an_old_copy_is_stale(salon: Salon, booked: Appointment) -> None:
    old = Appointment.objects.get(pk=booked.pk)
    move(booked, staff=salon.jonas)
    with pytest.raises(booking.Stale):
        booking.undo_move(old, now=NOW)


def test_move_can_be_made_and_undone_again(booked: Appointment) -> None:
    for _time in range(2):
        booked = booking.undo_move(move(booked, start=NOON), now=NOW)
    states = Reservation.objects.values_list("state", flat=True)
    assert (booked.starts_at, list(states)) == (TEN, ["converted", "converted"])


# Whatever is moved


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[tuple[str, int, bool]], int, int]:
    """Phases, and the minutes of both buffers."""
    phases = draw(st.lists(st.tuples(st.just(""), st.integers(1, 40), st.booleans()), min_size=1, max_size=5))
    begin, end = draw(st.integers(0, 15)), draw(st.integers(0, 15))
    return [*phases, ("", draw(st.integers(1, 40)), True)], begin, end


def service_of(salon: Salon, name: str, plan: tuple[list[tuple[str, int, bool]], int, int]) -> Service:
    phases, before, after = plan
    return make_service(salon.company, name, phases, buffer_before_minutes=before, buffer_after_minutes=after)


def minutes_of(periods: list[Period]) -> set[datetime]:
    return {
        period.start + timedelta(minutes=minute)
        for period in periods
        for minute in range(int((period.end - period.start).total_seconds()) // 60)
    }


def minutes_taken(salon: Salon, probe: Service) -> set[tuple[int, datetime]]:
    """What somebody else cannot have, as the solver says it for every minute of the day."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # as at a commit
    opening = minutes_of([Period(at(MONDAY, "08:00"), at(MONDAY, "20:00"))])
    free = {
        (slot.staff.pk, slot.start) for slot in free_starts(salon.request(probe), first=MONDAY, last=MONDAY)
    }
    return {(staff.pk, minute) for staff in (salon.emma, salon.jonas) for minute in opening} - free


@pytest.mark.django_db
@settings(
    max_examples=40, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
)
@given(plans(), st.none() | plans(), st.integers(-120, 120), st.sampled_from("EJ"), st.sampled_from("SU"))
def test_undecided_move_never_frees_a_minute_of_either_time(
    old: Any, new: Any, minutes: int, to: str, ending: str
) -> None:
    """Whatever it is and wherever it goes; afterwards exactly one of the two times is taken."""
    with transaction.atomic():
        salon = make_salon(slot_minutes=1)
        probe = make_service(salon.company, "Minute", [("", 1, True)])
        before = service_of(salon, "Alt", old)
        after = before if new is None else service_of(salon, "Neu", new)
        staff = salon.emma if to == "E" else salon.jonas
        booked = salon.book(before, salon.emma, MONDAY, "12:00", overrides_hours=True)
        taken_before = minutes_taken(salon, probe)
        moved = move(booked, start=NOON + timedelta(minutes=minutes), staff=staff, service=after)
        mine = {(staff.pk, minute) for minute in minutes_of(taken_by(moved))}
        assert minutes_taken(salon, probe) == taken_before | mine
        if ending == "S":
            booking.settle_move(moved, now=NOW)
            assert minutes_taken(salon, probe) == mine
        else:
            booking.undo_move(moved, now=NOW)
            assert minutes_taken(salon, probe) == taken_before
        transaction.set_rollback(True)


# Races


def undecided(salon: Salon) -> Appointment:
    return move(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), start=NOON)


def somebody_else_at(salon: Salon, clock: str, now: datetime = NOW) -> Callable[[], Appointment]:
    return partial(salon.book, salon.cut, salon.emma, MONDAY, clock, now=now)


def kinds(outcomes: list[object]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes]


@pytest.mark.parametrize("kept_until", [UNTIL, None], ids=["kept", "not kept"])
@pytest.mark.parametrize("clock", ["10:00", "12:00"])
def test_nobody_gets_in_between_a_move_and_its_undoing(
    committed: Salon, clock: str, kept_until: datetime | None
) -> None:
    """Negative control: moved back without having kept anything, the promised time is somebody else's."""
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")

    def there_and_back() -> Appointment:
        moved = booking.reschedule(booked, Move(start=NOON), now=NOW, keeps_old_until=kept_until)
        asked_outside()
        if kept_until is None:
            return booking.reschedule(moved, Move(start=TEN), now=NOW)
        return booking.undo_move(moved, now=NOW)

    outcomes = meanwhile(f"{__name__}.asked_outside", there_and_back, somebody_else_at(committed, clock))
    lost = kept_until is None and clock == "10:00"
    assert kinds(outcomes) == (["SlotTaken", "Appointment"] if lost else ["Appointment", "SlotTaken"])


def asked_outside() -> None:
    """Where the answer from outside comes in."""


@pytest.mark.parametrize("missing", [(), ("locks", "exclusion")], ids=["guarded", "unguarded"])
def test_undoing_an_expired_move_beats_whoever_comes_after(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    moved = undecided(committed)
    booking.sweep(now=UNTIL)
    undo = partial(booking.undo_move, moved, now=UNTIL)
    with without(*missing):
        outcomes = meanwhile(
            "appointments.booking.undoing.move", undo, somebody_else_at(committed, "10:00", UNTIL)
        )
        assert (kinds(outcomes), overlaps()) == (
            (["Appointment", "Appointment"], 1) if missing else (["Appointment", "SlotTaken"], 0)
        )


@pytest.mark.parametrize("missing", [(), ("locks", "ledger")], ids=["guarded", "unguarded"])
def test_cancelling_while_it_is_being_undone_stays_cancelled(
    committed: Salon, missing: tuple[str, ...]
) -> None:
    moved = undecided(committed)
    undo, cancel = (partial(act, moved, now=NOW) for act in (booking.undo_move, booking.cancel))
    with without(*missing):
        meanwhile("appointments.booking.undoing._was_undone", undo, cancel)
        moved.refresh_from_db()
        assert (moved.status, Allocation.objects.exists()) == (
            (Status.BOOKED, True) if missing else (Status.CANCELLED, False)
        )


def test_settling_while_it_is_being_undone_leaves_it_undone(committed: Salon) -> None:
    moved = undecided(committed)
    undo, settle = (partial(act, moved, now=NOW) for act in (booking.undo_move, booking.settle_move))
    outcomes = meanwhile("appointments.booking.undoing.move", undo, settle)
    assert (kinds(outcomes), taken_by(moved), promises_without_time()) == (
        ["Appointment", "NoneType"],
        [Period(TEN, TEN + CUT)],
        0,
    )


def test_undoing_while_it_is_being_settled_is_refused(committed: Salon) -> None:
    moved = undecided(committed)
    undo, settle = (partial(act, moved, now=NOW) for act in (booking.undo_move, booking.settle_move))
    outcomes = meanwhile("appointments.booking.undoing.settle", settle, undo)
    assert (kinds(outcomes), taken_by(moved)) == (["NoneType", "NotAllowed"], [Period(NOON, NOON + CUT)])
