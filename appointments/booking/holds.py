"""Holds: the moment we say "free", the time is ours (incidents D1, D3, D10, D12)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Least

from appointments.availability import Request, Slot
from appointments.booking.around import around_moves
from appointments.booking.errors import HoldLost
from appointments.booking.ledger import (
    allocate,
    end_reservations,
    lock_appointments,
    lock_reservations,
    lock_staff,
    writes,
)
from appointments.booking.promotion import promote
from appointments.booking.slots import with_first_available
from appointments.booking.way import clear_the_way
from appointments.models import Allocation, Reservation
from appointments.models.ledger import MOVE, ReservationState

HOLDS_PER_HOLDER = 3


@writes
def hold(request: Request, *, start: datetime, person: str = "") -> Reservation:
    """Holds exactly ``start`` for ``request.holder``.

    A holder's older hold for the same wish (service and person) is replaced, and so are those that
    stand where the new one goes; of more than three the oldest go. Raises ``SlotTaken`` or
    ``Unavailable``; the older holds then stand as before.
    """
    return with_first_available(request, start, lambda slot: _hold_slot(request, slot, person))


def _hold_slot(request: Request, slot: Slot, person: str) -> Reservation:
    clear_the_way(request, slot, person=person, most_others=HOLDS_PER_HOLDER - 1)
    reservation = _reservation(request, slot, person)
    reservation.save(force_insert=True)
    allocate(reservation, slot.plan)
    return reservation


def _reservation(request: Request, slot: Slot, person: str) -> Reservation:
    reservation = Reservation(
        company_id=request.branch.company_id,
        branch=request.branch,
        staff=slot.staff,
        service=request.service,
        holder=request.holder,
        person=person,
        staff_wished=request.staff is not None,
        starts_at=slot.start,
        ends_at=slot.end,
        created_at=request.now,
        expires_at=request.now + timedelta(seconds=settings.HOLD_SECONDS),
        expires_at_latest=request.now + timedelta(seconds=settings.HOLD_MAX_SECONDS),
    )
    reservation.plan = slot.plan
    return reservation


@writes
def extend(reservation: Reservation, *, now: datetime) -> Reservation:
    """Holds on for another ``HOLD_SECONDS``, ``HOLD_MAX_SECONDS`` in all.

    Also a hold that has just expired, as long as nobody has taken its time. Raises ``HoldLost``.
    """
    lock_staff(reservation.staff_id)
    (current,) = lock_reservations([reservation.pk])
    _prolong(current, now)
    if not current.is_live(now):
        raise HoldLost
    return current


def _prolong(reservation: Reservation, now: datetime) -> None:
    until = min(now + timedelta(seconds=settings.HOLD_SECONDS), reservation.expires_at_latest)
    if reservation.state == ReservationState.HELD and until > reservation.expires_at:
        reservation.expires_at = until
        reservation.save(update_fields=["expires_at"])


def keep_alive(holder: str, *, now: datetime) -> None:
    """Activity of a conversation renews all it holds.

    One statement, whose row locks are enough: whoever has chosen an expired hold to be cleared away
    looks again under that lock, and the constraint has the last word.
    """
    until = now + timedelta(seconds=settings.HOLD_SECONDS)
    held = Reservation.objects.live(now).filter(holder=holder, expires_at__lt=until)
    held.update(expires_at=Least(Value(until), F("expires_at_latest")))


@writes
def release(reservation: Reservation) -> None:
    """Gives the time back. Releasing what is no longer held changes nothing."""
    _end_held([reservation.pk], ReservationState.RELEASED)


@writes
def sweep(*, now: datetime) -> int:
    """Clears expired holds out of the ledger; how many it were. Readers ignore them anyway.

    The old time of a move that nobody settled becomes that of a conflict that waits for it.
    """
    _begin_anew(now)
    overdue = Reservation.objects.overdue(now)
    moves = list(overdue.filter(holder__startswith=MOVE))
    lock_staff(*(move.staff_id for move in moves))
    near = around_moves(moves, now=now)
    ids = {*overdue.values_list("pk", flat=True), *near.reservations}
    ended = _end_held(ids, ReservationState.EXPIRED, overdue_at=now)
    lock_appointments(near.waiting)
    promote(near, now=now)
    return ended


def _begin_anew(now: datetime) -> None:
    """Holds of a time that is yet to come: the clock was set back. Each gets the span it was given, from
    now on; otherwise it would last for as long again as the clock has lost.
    """
    ahead = F("created_at") - Value(now)
    Reservation.objects.held().filter(created_at__gt=now).update(
        created_at=now, expires_at=F("expires_at") - ahead, expires_at_latest=F("expires_at_latest") - ahead
    )


@writes
def clear_away(reservation: Reservation, *, now: datetime) -> bool:
    """Ends a hold that nothing ended in time, and frees what one that has ended still takes; whether
    there was anything to do. For what a crash or a script left behind.
    """
    lock_staff(reservation.staff_id)
    near = around_moves([reservation], now=now)
    found = lock_reservations({reservation.pk, *near.reservations})
    current = next((one for one in found if one.pk == reservation.pk), None)
    if current is None or current.is_live(now):
        return False
    takes_time = Allocation.objects.filter(reservation=current).exists()
    if current.state != ReservationState.HELD and not takes_time:
        return False
    ended = current.state if current.state != ReservationState.HELD else ReservationState.EXPIRED
    end_reservations([current], ReservationState(ended))
    lock_appointments(near.waiting)
    promote(near, now=now)
    return True


def _end_held(ids: Iterable[int], state: ReservationState, *, overdue_at: datetime | None = None) -> int:
    ending = [
        reservation
        for reservation in lock_reservations(ids)
        if reservation.state == ReservationState.HELD
        and (overdue_at is None or reservation.expires_at <= overdue_at)
    ]
    end_reservations(ending, state)
    return len(ending)
