"""Holds: between "ist frei" and "gebucht" lie thirty to sixty seconds (incidents 3 and 4).

When a test ends, the deferred triggers of the ledger are checked, so each of these also says that what
it leaves behind could be committed.
"""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from appointments import booking
from appointments.availability import check
from appointments.models import Appointment, Reservation, Service, Staff
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period
from tests.appointments.tables import everything, taken_by
from tests.salons import MONDAY, NOW, Salon, at

TEN = at(MONDAY, "10:00")


@pytest.fixture(autouse=True)
def _hold_times(settings: Settings) -> None:
    settings.HOLD_SECONDS, settings.HOLD_MAX_SECONDS = 90, 600


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def hold(
    salon: Salon,
    start: str = "10:00",
    *,
    service: Service | None = None,
    staff: Staff | None = None,
    holder: str = "call:1",
    person: str = "",
    now: datetime = NOW,
) -> Reservation:
    request = salon.request(service or salon.cut, staff, holder=holder, now=now)
    return booking.hold(request, start=at(MONDAY, start), person=person)


def states() -> list[tuple[str, str]]:
    """Start (UTC) and state of every hold, in the order in which they were made."""
    rows = Reservation.objects.order_by("pk").values_list("starts_at", "state")
    return [(f"{start:%H:%M}", state) for start, state in rows]


def is_free(salon: Salon, staff: Staff, *, now: datetime = NOW) -> bool:
    return check(salon.request(salon.cut, staff, now=now), start=TEN).is_free


# Making one


def test_hold_takes_the_busy_phases_and_leaves_the_gaps(salon: Salon) -> None:
    """Incidents D1, D12: the lock is rows over stretches of time, not a key made of service and minute."""
    reservation = hold(salon, service=salon.perm)
    periods = [("10:00", "10:50"), ("11:05", "11:10"), ("11:20", "11:35"), ("11:35", "12:15")]
    assert taken_by(reservation) == [Period(at(MONDAY, start), at(MONDAY, end)) for start, end in periods]


def test_hold_lasts_ninety_seconds_and_at_most_ten_minutes(salon: Salon) -> None:
    reservation = hold(salon)
    assert (reservation.expires_at, reservation.expires_at_latest) == (later(90), later(600))


def test_hold_knows_whether_the_stylist_was_wished(salon: Salon) -> None:
    wished = [hold(salon, staff=staff, holder=holder) for staff, holder in ((salon.emma, "1"), (None, "2"))]
    assert [reservation.staff_wished for reservation in wished] == [True, False]


def test_hold_has_an_id_that_nobody_can_guess(salon: Salon) -> None:
    tokens = {hold(salon, staff=staff, holder=staff.name).token for staff in (salon.emma, salon.jonas)}
    assert [len(token) for token in tokens] == [22, 22]


@pytest.mark.parametrize(
    ("start", "error"),
    [("10:02", booking.Unavailable), ("07:00", booking.Unavailable), ("10:30", booking.SlotTaken)],
)
def test_refused_hold_leaves_no_row(salon: Salon, start: str, error: type[Exception]) -> None:
    hold(salon, staff=salon.emma, holder="call:2")
    before = everything()
    with pytest.raises(error):
        hold(salon, start, staff=salon.emma)
    assert everything() == before


def test_hold_of_another_call_refuses_without_a_name(salon: Salon) -> None:
    """Invariant I9: the conflict is for staff; of a running call it says nothing but the time."""
    hold(salon, staff=salon.emma, holder="call:2", person="Erika Muster")
    with pytest.raises(booking.SlotTaken) as refused:
        hold(salon, staff=salon.emma)
    conflict = refused.value.conflict
    assert (conflict.staff, conflict.attendee, conflict.appointment_id) == ("Emma Keller", "", None)


def test_third_call_for_two_stylists_is_refused(salon: Salon) -> None:
    staff = [hold(salon, holder=holder).staff for holder in ("call:1", "call:2")]
    with pytest.raises(booking.SlotTaken):
        hold(salon, holder="call:3")
    assert staff == [salon.emma, salon.jonas]


# Replacing


def test_same_wish_replaces_its_older_hold(salon: Salon) -> None:
    hold(salon, "10:00", staff=salon.emma)
    hold(salon, "12:00", staff=salon.emma)
    assert (states(), is_free(salon, salon.emma)) == ([("09:00", "replaced"), ("11:00", "held")], True)


def test_same_wish_at_the_same_time_is_held_anew(salon: Salon) -> None:
    """Incident D10: a call that asks twice is not in its own way."""
    hold(salon, staff=salon.emma)
    hold(salon, staff=salon.emma)
    assert states() == [("09:00", "replaced"), ("09:00", "held")]


def test_other_service_or_other_person_is_another_wish(salon: Salon) -> None:
    """Incident D15: a haircut and a child's haircut in one call."""
    hold(salon, "10:00", person="Mutter")
    hold(salon, "12:00", person="Kind")
    hold(salon, "14:00", person="Mutter", service=salon.perm)
    assert states() == [("09:00", "held"), ("11:00", "held"), ("13:00", "held")]


def test_wish_of_another_call_is_left_alone(salon: Salon) -> None:
    hold(salon, "10:00", staff=salon.emma, holder="call:2")
    hold(salon, "12:00", staff=salon.emma, holder="call:1")
    assert states() == [("09:00", "held"), ("11:00", "held")]


def test_fourth_hold_of_a_call_drops_the_oldest(salon: Salon) -> None:
    for number, start in enumerate(("10:00", "12:00", "14:00", "16:00")):
        hold(salon, start, person=f"Kind {number}", now=later(number))
    assert states() == [("09:00", "replaced"), ("11:00", "held"), ("13:00", "held"), ("15:00", "held")]


def test_replaced_hold_does_not_count_among_the_three(salon: Salon) -> None:
    for start, person in (("10:00", "A"), ("12:00", "B"), ("14:00", "C"), ("16:00", "C")):
        hold(salon, start, person=person)
    assert states() == [("09:00", "held"), ("11:00", "held"), ("13:00", "replaced"), ("15:00", "held")]


def test_refused_hold_leaves_the_older_ones_standing(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    hold(salon, "10:00", staff=salon.emma)
    with pytest.raises(booking.SlotTaken):
        hold(salon, "12:00", staff=salon.emma)
    assert states() == [("09:00", "held")]


def test_mother_and_child_at_ten_get_two_stylists(salon: Salon) -> None:
    staff = [hold(salon, person=person).staff for person in ("Mutter", "Kind")]
    assert (staff, [state for _start, state in states()]) == ([salon.emma, salon.jonas], ["held", "held"])


def test_own_overlapping_hold_of_another_wish_makes_way(salon: Salon) -> None:
    """Emma was wished both times: the later words of the same caller count."""
    hold(salon, "10:00", staff=salon.emma, person="Mutter")
    hold(salon, "10:30", staff=salon.emma, person="Kind")
    assert states() == [("09:00", "replaced"), ("09:30", "held")]


def test_own_hold_in_the_gap_of_another_wish_stays(salon: Salon) -> None:
    hold(salon, "10:00", staff=salon.emma, service=salon.perm)
    salon.cut.phases.update(minutes=15)
    hold(salon, "10:50", staff=salon.emma)
    assert states() == [("09:00", "held"), ("09:50", "held")]


def test_expired_hold_of_another_call_is_cleared_out_of_the_way(salon: Salon) -> None:
    hold(salon, staff=salon.emma, holder="call:2")
    hold(salon, "10:30", staff=salon.emma, now=later(90))
    assert states() == [("09:00", "expired"), ("09:30", "held")]


def test_expired_hold_that_stands_elsewhere_is_left_to_the_sweeper(salon: Salon) -> None:
    hold(salon, "15:00", staff=salon.emma, holder="call:2")
    hold(salon, "10:00", staff=salon.emma, now=later(90))
    assert states() == [("14:00", "held"), ("09:00", "held")]


# Keeping


def test_extend_holds_on_for_another_ninety_seconds(salon: Salon) -> None:
    """Incident D3: the hold follows the conversation."""
    assert booking.extend(hold(salon), now=later(60)).expires_at == later(150)


def test_extend_never_shortens(salon: Salon, settings: Settings) -> None:
    reservation = hold(salon)
    settings.HOLD_SECONDS = 10
    assert booking.extend(reservation, now=later(1)).expires_at == later(90)


def test_extend_ends_after_ten_minutes_in_all(salon: Salon) -> None:
    reservation = hold(salon)
    until = [booking.extend(reservation, now=later(seconds)).expires_at for seconds in (89, 500, 599)]
    assert until == [later(179), later(590), later(600)]


def test_extend_after_the_maximum_is_lost(salon: Salon) -> None:
    reservation = hold(salon)
    with pytest.raises(booking.HoldLost):
        booking.extend(reservation, now=later(600))


def test_extend_revives_an_expired_hold_whose_time_nobody_took(salon: Salon) -> None:
    reservation = booking.extend(hold(salon, staff=salon.emma), now=later(200))
    assert (reservation.expires_at, is_free(salon, salon.emma, now=later(200))) == (later(290), False)


def test_extend_of_an_expired_hold_whose_time_was_taken_is_lost(salon: Salon) -> None:
    reservation = hold(salon, staff=salon.emma)
    hold(salon, staff=salon.emma, holder="call:2", now=later(200))
    with pytest.raises(booking.HoldLost):
        booking.extend(reservation, now=later(201))
    assert states() == [("09:00", "expired"), ("09:00", "held")]


def test_extend_of_a_released_hold_is_lost(salon: Salon) -> None:
    reservation = hold(salon)
    booking.release(reservation)
    with pytest.raises(booking.HoldLost):
        booking.extend(reservation, now=later(1))


def test_keep_alive_renews_every_live_hold_of_its_call_only(salon: Salon) -> None:
    mine = [hold(salon, start, person=start) for start in ("10:00", "12:00")]
    other = hold(salon, "14:00", holder="call:2")
    booking.keep_alive("call:1", now=later(60))
    for reservation in (*mine, other):
        reservation.refresh_from_db()
    assert [reservation.expires_at for reservation in (*mine, other)] == [later(150), later(150), later(90)]


def test_keep_alive_does_not_revive_what_has_expired(salon: Salon) -> None:
    """Somebody may have been told meanwhile that the time is free; only the one who asks gets it back."""
    reservation = hold(salon)
    booking.keep_alive("call:1", now=later(90))
    reservation.refresh_from_db()
    assert reservation.expires_at == later(90)


def test_keep_alive_ends_after_ten_minutes_in_all(salon: Salon) -> None:
    reservation = hold(salon)
    for seconds in range(60, 600, 60):
        booking.keep_alive("call:1", now=later(seconds))
    reservation.refresh_from_db()
    assert reservation.expires_at == later(600)


# Ending


def test_release_gives_the_time_back(salon: Salon) -> None:
    booking.release(hold(salon, staff=salon.emma))
    assert (states(), is_free(salon, salon.emma)) == ([("09:00", "released")], True)


def test_release_twice_changes_nothing(salon: Salon) -> None:
    reservation = hold(salon)
    booking.release(reservation)
    before = everything()
    booking.release(reservation)
    assert everything() == before


def test_release_of_a_booked_hold_leaves_the_appointment_alone(salon: Salon) -> None:
    """A late ``call_ended`` must not free what was promised."""
    reservation = hold(salon)
    booking.convert(reservation, visit=booking.Visit(source="phone"), now=NOW)
    before = everything()
    booking.release(reservation)
    assert everything() == before


def test_sweep_clears_expired_holds_and_leaves_live_ones(salon: Salon) -> None:
    hold(salon, "10:00", person="A")
    hold(salon, "12:00", person="B", now=later(30))
    assert (booking.sweep(now=later(90)), states()) == (1, [("09:00", "expired"), ("11:00", "held")])


def test_sweep_leaves_no_time_of_expired_holds_in_the_ledger(salon: Salon) -> None:
    reservation = hold(salon)
    booking.sweep(now=later(90))
    assert (taken_by(reservation), booking.sweep(now=later(90))) == ([], 0)


def test_sweep_leaves_appointments_alone(salon: Salon) -> None:
    appointment = booking.convert(hold(salon), visit=booking.Visit(source="phone"), now=NOW)
    booking.sweep(now=later(10_000))
    assert (Appointment.objects.get().status, len(taken_by(appointment))) == ("booked", 1)


def test_every_state_but_held_owns_no_time(salon: Salon) -> None:
    hold(salon, "10:00", person="A")
    hold(salon, "12:00", person="A")
    booking.release(hold(salon, "14:00", person="B"))
    booking.convert(hold(salon, "16:00", person="C"), visit=booking.Visit(source="phone"), now=NOW)
    owners = Reservation.objects.filter(allocations__isnull=False).distinct()
    assert [reservation.state for reservation in owners] == [ReservationState.HELD]
