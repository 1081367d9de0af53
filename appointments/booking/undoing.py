"""The end of an undecided move: settled, or taken back."""

from datetime import datetime

from django.utils.translation import gettext as _

from appointments.booking.around import Around, around, around_moves
from appointments.booking.current import locked
from appointments.booking.errors import NotAllowed
from appointments.booking.kept import settle
from appointments.booking.ledger import (
    allocate,
    attempt,
    end_reservations,
    lock_appointments,
    lock_reservations,
    lock_staff,
    overdue_in_the_way,
    release_allocations,
    writes,
)
from appointments.booking.policy import take_back_change
from appointments.booking.promotion import promote
from appointments.booking.saving import announce, move
from appointments.models import Allocation, Appointment, Reservation
from appointments.models.ledger import UNDECIDED, ReservationState


@writes
def settle_move(appointment: Appointment, *, now: datetime) -> None:
    """The appointment stays where it was moved to: its old time is given back.

    Settling twice, or without a move, changes nothing.
    """
    moves = list(Reservation.objects.moves_of([appointment.pk]).undecided())
    lock_staff(*(one.staff_id for one in moves))
    near = around_moves(moves, now=now)
    if near.moves:
        lock_reservations(near.reservations)
        lock_appointments(near.waiting)
        settle([appointment], near.moves)
        promote(near, now=now)


@writes
def undo_move(appointment: Appointment, *, now: datetime) -> Appointment:
    """Puts the appointment back where it stood before its undecided move, exactly as it was: service,
    stylist, start and phases, whatever the salon sells or when it opens today.

    Also after the old time has expired, if nobody has taken it; raises ``SlotTaken`` if somebody has,
    and the appointment then stays where it is. Undoing twice changes nothing. Raises ``NotAllowed``
    for a move that was settled, or one that never was, and ``Stale`` as ``reschedule``.
    """
    known = Reservation.objects.moves_of([appointment.pk]).order_by("pk").last()
    if known is None:
        raise NotAllowed(_not_undecided())
    lock_staff(appointment.staff_id, known.staff_id)
    with attempt():
        near = around([appointment], now=now)
        old = _locked_move(known, near, now)
        current = locked(appointment, None, also=near.waiting)
        if _was_undone(current, old):
            return current
        if not current.is_blocking or old.state not in UNDECIDED:
            raise NotAllowed(_not_undecided())
        _put_back(current, old, now)
        announce(current)
        promote(near, now=now)
    return current


def _locked_move(known: Reservation, near: Around, now: datetime) -> Reservation:
    """Locked together with what else is in the way; expired holds there are cleared."""
    periods = known.plan.taken_at(known.starts_at)
    overdue = overdue_in_the_way(known.staff_id, periods, now)
    rows = lock_reservations({known.pk, *overdue, *near.reservations})
    expired = [row for row in rows if row.pk != known.pk and row.pk in overdue]
    end_reservations(
        [row for row in expired if row.state == ReservationState.HELD and not row.is_live(now)],
        ReservationState.EXPIRED,
    )
    (old,) = [row for row in rows if row.pk == known.pk]
    return old


def _was_undone(current: Appointment, old: Reservation) -> bool:
    return old.state == ReservationState.CONVERTED and (
        (current.staff_id, current.service_id, current.starts_at)
        == (old.staff_id, old.service_id, old.starts_at)
    )


def _put_back(current: Appointment, old: Reservation, now: datetime) -> None:
    release_allocations([current])
    Allocation.objects.filter(reservation=old).delete()
    current.branch, current.staff, current.service = old.branch, old.staff, old.service
    current.starts_at = old.starts_at
    current.plan = old.plan
    current.stands_already = True
    move(current, now=now)
    allocate(current, old.plan)
    take_back_change(old)
    old.state = ReservationState.CONVERTED
    old.save(update_fields=["state"])


def _not_undecided() -> str:
    return _("This move can no longer be taken back.")
