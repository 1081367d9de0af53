"""Appointments that stand elsewhere: they go before holds, and wait where an appointment was first."""

from collections.abc import Iterable
from datetime import datetime

from appointments import hooks
from appointments.booking.around import Around, reservations_in_the_way
from appointments.booking.errors import SlotTaken
from appointments.booking.ledger import (
    allocate,
    attempt,
    end_reservations,
    lock_appointments,
    lock_reservations,
)
from appointments.booking.saving import announce, update
from appointments.models import Appointment
from appointments.models.appointment import Status
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period


def promote(around: Around, *, now: datetime) -> None:
    """Gives the conflicts in ``around`` the time that was freed, in their turn, where they fit now.

    What does not fit stays a conflict: a case for a person. Everything of ``around`` is locked.
    """
    for pk in around.waiting:
        (conflict,) = lock_appointments([pk])
        try:
            with attempt():
                _book(conflict, now)
        except SlotTaken:
            continue


def _book(conflict: Appointment, now: datetime) -> None:
    plan = conflict.plan
    take_from_holds(conflict.staff_id, plan.taken_at(conflict.starts_at), now=now)
    conflict.status = Status.BOOKED
    update(conflict, now=now, fields=("status",))
    allocate(conflict, plan)
    announce(conflict)


def take_from_holds(staff_id: int, periods: Iterable[Period], *, now: datetime) -> None:
    """Ends the holds in the way of what stands elsewhere already: whoever is there will come.

    The old time of an undecided move is promised to somebody and stays.
    """
    in_the_way = lock_reservations(reservations_in_the_way(staff_id, periods))
    held = [reservation for reservation in in_the_way if reservation.state == ReservationState.HELD]
    end_reservations([one for one in held if not one.is_live(now)], ReservationState.EXPIRED)
    lost = [one for one in held if one.is_live(now) and not one.is_move]
    end_reservations(lost, ReservationState.LOST)
    for reservation in lost:
        reservation.state = ReservationState.LOST
        hooks.hold_lost(reservation)
