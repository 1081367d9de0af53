"""Changing appointments: move, cancel, mark, edit, and re-plan many at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appointments.availability import Request, Slot
from appointments.booking.errors import NotAllowed, Stale
from appointments.booking.ledger import (
    allocate,
    attempt,
    lock_appointments,
    lock_staff,
    overdue_in_the_way,
    release_allocations,
    writes,
)
from appointments.booking.saving import announce, move, update
from appointments.booking.slots import still_free
from appointments.booking.way import clear_the_way
from appointments.models import Appointment, Service, Staff
from appointments.models.appointment import BLOCKING, Status

EDITABLE = ("customer", "attendee_name", "contact_phone", "notes", "price")


@dataclass(frozen=True, slots=True)
class Move:
    """Where an appointment shall go. None keeps what is."""

    start: datetime | None = None
    staff: Staff | None = None
    service: Service | None = None


@writes
def reschedule(
    appointment: Appointment,
    to: Move,
    *,
    now: datetime,
    revision: int | None = None,
    holder: str = "",
    overrides_hours: bool = False,
) -> Appointment:
    """Moves an appointment in one step; refused, it stands where it stood (incident C16).

    ``revision``: what the person saw who decided this; raises ``Stale`` if it is no longer so, and
    also if what the move keeps has changed since ``appointment`` was read.
    Raises ``SlotTaken``, ``Unavailable`` or ``NotAllowed``.
    """
    request = replace(_request(appointment, to, now), holder=holder, overrides_hours=overrides_hours)
    wanted = _wanted(request, appointment, to)
    lock_staff(appointment.staff_id, wanted.staff.pk)
    with attempt():
        _make_way(request, wanted)
        current = _locked(appointment, revision)
        _insist_on_what_is_kept(current, appointment, to)
        if not current.is_blocking:
            raise NotAllowed(_("This appointment is no longer valid and cannot be moved."))
        if _stays(current, wanted, request):
            return current
        slot = still_free(request, wanted.staff, wanted.start)
        release_allocations([current])
        _place(current, slot, request)
        announce(current)
    return current


def _request(appointment: Appointment, to: Move, now: datetime) -> Request:
    staff = to.staff or appointment.staff
    return Request(
        branch=staff.branch,
        service=to.service or appointment.service,
        staff=staff,
        now=now,
        appointment_id=appointment.pk,
    )


def _wanted(request: Request, appointment: Appointment, to: Move) -> Slot:
    staff = request.staff or appointment.staff
    return Slot(staff, to.start or appointment.starts_at, staff.plan_for(request.service))


def _make_way(request: Request, slot: Slot) -> None:
    """As for a new appointment, before anything is decided: reservations are locked before
    appointments.
    """
    periods = [stretch.at(slot.start) for stretch in slot.plan.stretches()]
    overdue = overdue_in_the_way(slot.staff.pk, periods, request.now)
    clear_the_way(request, slot._replace(overdue=tuple(overdue)))


def _insist_on_what_is_kept(current: Appointment, read: Appointment, to: Move) -> None:
    """Whoever moves to another stylist only must not take back the time that somebody else gave it
    meanwhile (invariant I5).
    """
    kept_start = to.start is not None or current.starts_at == read.starts_at
    kept_service = to.service is not None or current.service_id == read.service_id
    if not (kept_start and kept_service):
        raise Stale


def _stays(current: Appointment, wanted: Slot, request: Request) -> bool:
    """Nothing to move: then its phases stay too, even if those of its service have changed since."""
    return (current.staff_id, current.starts_at, current.service_id) == (
        wanted.staff.pk,
        wanted.start,
        request.service.pk,
    )


def _place(appointment: Appointment, slot: Slot, request: Request) -> None:
    appointment.branch = request.branch
    appointment.staff = slot.staff
    appointment.service = request.service
    appointment.starts_at = slot.start
    appointment.plan = slot.plan
    move(appointment, now=request.now)
    allocate(appointment, slot.plan)


@writes
def cancel(appointment: Appointment, *, now: datetime, revision: int | None = None) -> Appointment:
    """Frees the time; the row stays with its history. Cancelling twice changes nothing."""
    return _mark(appointment, Status.CANCELLED, now=now, revision=revision)


# From which statuses another can be reached. Regaining a blocking one takes the time again.
TRANSITIONS: Mapping[str, Collection[str]] = {
    Status.BOOKED: (Status.PROVISIONAL, Status.CONFIRMED, Status.CANCELLED, Status.NO_SHOW, Status.CONFLICT),
    Status.CONFIRMED: (Status.BOOKED, Status.PROVISIONAL, Status.CANCELLED, Status.NO_SHOW, Status.CONFLICT),
    Status.PROVISIONAL: (),
    Status.COMPLETED: (Status.BOOKED, Status.CONFIRMED, Status.PROVISIONAL, Status.NO_SHOW),
    Status.NO_SHOW: (Status.BOOKED, Status.CONFIRMED, Status.PROVISIONAL, Status.COMPLETED),
    Status.CANCELLED: (Status.BOOKED, Status.CONFIRMED, Status.PROVISIONAL, Status.CONFLICT),
    Status.REJECTED: (Status.BOOKED, Status.PROVISIONAL),
    Status.CONFLICT: (),
}


@writes
def mark(
    appointment: Appointment, status: Status, *, now: datetime, revision: int | None = None
) -> Appointment:
    """Gives the appointment another status, with what that means for its time.

    Raises ``NotAllowed`` for a step that makes no sense, ``SlotTaken`` if the time to be regained
    is taken, ``Stale`` as :func:`reschedule`.
    """
    return _mark(appointment, status, now=now, revision=revision)


def _mark(appointment: Appointment, status: Status, *, now: datetime, revision: int | None) -> Appointment:
    lock_staff(appointment.staff_id)
    with attempt():
        if status in BLOCKING:  # not whether it blocks already: the caller's copy may be old
            stays = Slot(appointment.staff, appointment.starts_at, appointment.plan)
            _make_way(_request(appointment, Move(), now), stays)
        current = _locked(appointment, revision)
        if current.status == status:
            return current
        if current.status not in TRANSITIONS[status]:
            raise NotAllowed(_not_allowed(current, status))
        blocked_before = current.is_blocking
        current.status = status
        update(current, now=now, fields=("status",))
        if blocked_before and not current.is_blocking:
            release_allocations([current])
        elif current.is_blocking and not blocked_before:
            allocate(current, current.plan)
        announce(current)
    return current


def _not_allowed(appointment: Appointment, status: Status) -> str:
    return _("An appointment that is “%(old)s” cannot become “%(new)s”.") % {
        "old": Status(appointment.status).label,
        "new": status.label,
    }


@writes
def edit(
    appointment: Appointment, changes: Mapping[str, Any], *, now: datetime, revision: int | None = None
) -> Appointment:
    """Changes what does not touch the time: ``customer``, ``attendee_name``, ``contact_phone``,
    ``notes``, ``price``. Phases stay as promised, even if those of the service have changed since.
    """
    current = _locked(appointment, revision)
    if not changes:
        return current
    for name, value in changes.items():
        if name not in EDITABLE:
            raise ValueError(name)
        setattr(current, name, value)
    update(current, now=now, fields=tuple(changes))
    announce(current)
    return current


@writes
def replan(
    moves: Sequence[tuple[Appointment, Move]],
    *,
    now: datetime,
    revisions: Mapping[int, int] | None = None,
    overrides_hours: bool = True,
) -> list[Appointment]:
    """Moves many appointments at once, all or none; two may swap places.

    All give up their time before the first takes its new one. Hours and notice are the affair of
    whoever made the plan, unless ``overrides_hours`` is off. ``revisions``: by id, what the person saw
    who decided this. What stays where it is keeps its phases. Raises as :func:`reschedule`.
    """
    seen = revisions or {}
    requests = {old.pk: replace(_request(old, to, now), overrides_hours=overrides_hours) for old, to in moves}
    wanted = {old.pk: _wanted(requests[old.pk], old, to) for old, to in moves}
    lock_staff(*(old.staff_id for old, _to in moves), *(slot.staff.pk for slot in wanted.values()))
    with attempt():
        for pk, slot in wanted.items():
            _make_way(requests[pk], slot)
        current = {appointment.pk: appointment for appointment in lock_appointments(wanted)}
        for old, to in moves:
            _insist_on_the_same(current[old.pk], old, seen.get(old.pk))
            _insist_on_what_is_kept(current[old.pk], old, to)
        if any(not appointment.is_blocking for appointment in current.values()):
            raise NotAllowed(_("This appointment is no longer valid and cannot be moved."))
        moving = [one for pk, one in current.items() if not _stays(one, wanted[pk], requests[pk])]
        release_allocations(moving)
        for appointment in moving:
            request = requests[appointment.pk]
            slot = wanted[appointment.pk]
            _place(appointment, still_free(request, slot.staff, slot.start), request)
        for appointment in moving:
            announce(appointment)
    return list(current.values())


def _locked(appointment: Appointment, revision: int | None) -> Appointment:
    """The row as it is, under its lock; the caller's copy may be old."""
    (current,) = lock_appointments([appointment.pk])
    _insist_on_the_same(current, appointment, revision)
    return current


def _insist_on_the_same(current: Appointment, read: Appointment, revision: int | None) -> None:
    """The stylist too: it was the one read who was locked."""
    if current.staff_id != read.staff_id or revision not in {None, current.revision}:
        raise Stale
