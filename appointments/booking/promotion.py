"""Appointments that stand elsewhere: they go before holds, and wait where an appointment was first."""

from collections.abc import Sequence
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
from appointments.models import Appointment, Reservation
from appointments.models.appointment import Status
from appointments.models.ledger import ReservationState


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
    conflict.status = Status.BOOKED
    holds = holds_giving_way(conflict)
    update(conflict, now=now, fields=("status",))
    take_time(conflict, holds, now=now)
    announce(conflict)


def holds_giving_way(appointment: Appointment) -> list[Reservation]:
    """The holds in the way of what stands elsewhere already, locked: whoever is there will come.

    The old time of an undecided move is promised to somebody and stays. ``clean()`` of the
    appointment ignores the others from now on.
    """
    periods = appointment.plan.taken_at(appointment.starts_at)
    rows = lock_reservations(reservations_in_the_way(appointment.staff_id, periods))
    held = [row for row in rows if row.state == ReservationState.HELD]
    appointment.ignores_reservations = [row.pk for row in held if not row.is_move]
    return held


def take_time(appointment: Appointment, holds: Sequence[Reservation], *, now: datetime) -> None:
    """Ends ``holds`` of :func:`holds_giving_way`, expired or lost, and allocates what they had.

    Live moves among them have been refused by ``clean()``.
    """
    end_reservations([hold for hold in holds if not hold.is_live(now)], ReservationState.EXPIRED)
    lost = [hold for hold in holds if hold.is_live(now)]
    end_reservations(lost, ReservationState.LOST)
    allocate(appointment, appointment.plan)
    for hold in lost:
        hold.state = ReservationState.LOST
        hooks.hold_lost(hold)
