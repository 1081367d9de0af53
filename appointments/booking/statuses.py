"""Giving an appointment another status, with what that means for its time."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.availability import Request, Slot
from appointments.booking.around import Around, around
from appointments.booking.current import locked
from appointments.booking.errors import NotAllowed
from appointments.booking.kept import settle, staff_of_kept
from appointments.booking.ledger import (
    allocate,
    attempt,
    lock_reservations,
    lock_staff,
    release_allocations,
    writes,
)
from appointments.booking.policy import fee_for, note_change
from appointments.booking.promotion import promote
from appointments.booking.saving import announce, update
from appointments.booking.way import make_way
from appointments.models import Appointment
from appointments.models.appointment import BLOCKING, Status
from appointments.models.change import ChangeKind


@writes
def cancel(
    appointment: Appointment, *, now: datetime, revision: int | None = None, for_customer: bool = False
) -> Appointment:
    """Frees the time, of an undecided move the old one too; the row stays with its history.

    ``for_customer``: a customer wants it, so the salon's rules bind it; raises ``Denied``. Cancelling
    twice changes nothing.
    """
    return _mark(appointment, Status.CANCELLED, now=now, revision=revision, for_customer=for_customer)


# From which statuses another can be reached. Regaining a blocking one takes the time again.
TRANSITIONS: Mapping[str, Collection[str]] = {
    Status.BOOKED: (Status.PROVISIONAL, Status.CONFIRMED, Status.CANCELLED, Status.NO_SHOW, Status.CONFLICT),
    Status.CONFIRMED: (Status.BOOKED, Status.PROVISIONAL, Status.CANCELLED, Status.NO_SHOW, Status.CONFLICT),
    Status.PROVISIONAL: (),
    # In conflict: two were served at once, whatever the diary says.
    Status.COMPLETED: (
        Status.BOOKED,
        Status.CONFIRMED,
        Status.PROVISIONAL,
        Status.NO_SHOW,
        Status.CONFLICT,
    ),
    Status.NO_SHOW: (Status.BOOKED, Status.CONFIRMED, Status.PROVISIONAL, Status.COMPLETED),
    Status.CANCELLED: (Status.BOOKED, Status.CONFIRMED, Status.PROVISIONAL, Status.CONFLICT),
    Status.REJECTED: (Status.BOOKED, Status.PROVISIONAL, Status.CONFLICT),
    Status.CONFLICT: (),
}


@writes
def mark(
    appointment: Appointment, status: Status, *, now: datetime, revision: int | None = None
) -> Appointment:
    """Gives the appointment another status, with what that means for its time.

    Raises ``NotAllowed`` for a step that makes no sense, ``SlotTaken`` if the time to be regained
    is taken, ``Stale`` as ``reschedule``.
    """
    return _mark(appointment, status, now=now, revision=revision)


@writes
def set_aside(appointment: Appointment, *, now: datetime, revision: int | None = None) -> Appointment:
    """Takes a promise that cannot be kept out of the ledger, for a person to decide (invariant I5).

    It becomes ``CONFLICT``, which waits for its time to become free, or ``COMPLETED`` if it has ended;
    what was promised stays in it. For data that was stored past the constraints. Raises ``NotAllowed``
    for one that takes no time, ``Stale`` as ``reschedule``.
    """
    status = Status.COMPLETED if appointment.ends_at <= now else Status.CONFLICT
    return _mark(appointment, status, now=now, revision=revision, reached_from=BLOCKING)


def _mark(
    appointment: Appointment,
    status: Status,
    *,
    now: datetime,
    revision: int | None,
    for_customer: bool = False,
    reached_from: Collection[str] | None = None,
) -> Appointment:
    lock_staff(appointment.staff_id, *staff_of_kept([appointment]))
    with attempt():
        near = around([appointment], now=now)
        _lock_reservations(appointment, status, near, now)
        current = locked(appointment, revision, also=near.waiting)
        if current.status == status:
            return current
        if current.status not in (TRANSITIONS[status] if reached_from is None else reached_from):
            raise NotAllowed(_not_allowed(current, status))
        if for_customer:
            fee = fee_for(current, ChangeKind.CANCELLATION, now=now)
            note_change(current, ChangeKind.CANCELLATION, old_start=current.starts_at, fee=fee, now=now)
        blocked_before = current.is_blocking
        current.status = status
        update(current, now=now, fields=("status",))
        gives_up = blocked_before and not current.is_blocking
        if gives_up:
            release_allocations([current])
            settle([current], near.moves)
        elif current.is_blocking and not blocked_before:
            allocate(current, current.plan)
        announce(current)
        if gives_up:
            promote(near, now=now)
    return current


def _lock_reservations(appointment: Appointment, status: Status, near: Around, now: datetime) -> None:
    if status in BLOCKING:  # not whether it blocks already: the caller's copy may be old
        request = Request(
            branch=appointment.staff.branch,
            service=appointment.service,
            staff=appointment.staff,
            now=now,
            appointment_id=appointment.pk,
        )
        make_way(
            request, Slot(appointment.staff, appointment.starts_at, appointment.plan), also=near.reservations
        )
    elif near.reservations:
        lock_reservations(near.reservations)


def _not_allowed(appointment: Appointment, status: Status) -> str:
    return _("An appointment that is “%(old)s” cannot become “%(new)s”.") % {
        "old": Status(appointment.status).label,
        "new": status.label,
    }
