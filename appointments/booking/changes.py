"""Moving appointments: one in one step, or many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.availability import Request, Slot
from appointments.booking.around import Around, around
from appointments.booking.current import insist_on_the_same, locked
from appointments.booking.errors import NotAllowed, Stale
from appointments.booking.kept import insist_on_decided, keep, old_place, settle, staff_of_kept
from appointments.booking.ledger import (
    allocate,
    attempt,
    lock_appointments,
    lock_reservations,
    lock_staff,
    overdue_in_the_way,
    release_allocations,
    writes,
)
from appointments.booking.policy import fee_for, note_change
from appointments.booking.promotion import promote
from appointments.booking.saving import announce, move
from appointments.booking.slots import still_free
from appointments.booking.way import make_way
from appointments.models import Appointment, Service, Staff
from appointments.models.change import ChangeKind


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
    keeps_old_until: datetime | None = None,
    for_customer: bool = False,
) -> Appointment:
    """Moves an appointment in one step; refused, it stands where it stood (incident C16).

    ``revision``: what the person saw who decided this; raises ``Stale`` if it is no longer so, and
    also if what the move keeps has changed since ``appointment`` was read.
    ``keeps_old_until``: an instant up to which the old time stays held as well, until ``settle_move``
    or ``undo_move``. As long as such a move is undecided there is no other (``NotAllowed``).
    ``for_customer``: a customer wants it, so the salon's rules bind it (``Denied``), and it counts.
    Raises ``SlotTaken``, ``Unavailable`` or ``NotAllowed``.
    """
    request = replace(_request(appointment, to, now), holder=holder, overrides_hours=overrides_hours)
    wanted = _wanted(request, appointment, to)
    lock_staff(appointment.staff_id, wanted.staff.pk, *staff_of_kept([appointment]))
    with attempt():
        near = around([appointment], now=now)
        make_way(request, wanted, also=near.reservations)
        current = locked(appointment, revision, also=near.waiting)
        _insist_on_what_is_kept(current, appointment, to)
        _insist_on_blocking(current)
        if _stays(current, wanted, request):
            return current
        insist_on_decided([current], near.moves, now=now)
        fee = fee_for(current, ChangeKind.MOVE, now=now) if for_customer else None
        old_start = current.starts_at
        old = old_place(current, until=keeps_old_until, now=now) if keeps_old_until else None
        slot = still_free(request, wanted.staff, wanted.start)
        _leave([current], near)
        _place(current, slot, request)
        if old is not None:
            keep(old, current)
        if fee is not None:
            note_change(current, ChangeKind.MOVE, old_start=old_start, fee=fee, now=now, move=old)
        announce(current)
        if old is None:
            promote(near, now=now)
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


def _insist_on_what_is_kept(current: Appointment, read: Appointment, to: Move) -> None:
    """Whoever moves to another stylist only must not take back the time that somebody else gave it
    meanwhile (invariant I5).
    """
    kept_start = to.start is not None or current.starts_at == read.starts_at
    kept_service = to.service is not None or current.service_id == read.service_id
    if not (kept_start and kept_service):
        raise Stale


def _insist_on_blocking(appointment: Appointment) -> None:
    if not appointment.is_blocking:
        raise NotAllowed(_("This appointment is no longer valid and cannot be moved."))


def _stays(current: Appointment, wanted: Slot, request: Request) -> bool:
    """Nothing to move: then its phases stay too, even if those of its service have changed since."""
    return (current.staff_id, current.starts_at, current.service_id) == (
        wanted.staff.pk,
        wanted.start,
        request.service.pk,
    )


def _leave(appointments: Sequence[Appointment], near: Around) -> None:
    release_allocations(appointments)
    settle(appointments, near.moves)


def _place(appointment: Appointment, slot: Slot, request: Request) -> None:
    appointment.branch = request.branch
    appointment.staff = slot.staff
    appointment.service = request.service
    appointment.starts_at = slot.start
    appointment.plan = slot.plan
    move(appointment, now=request.now)
    allocate(appointment, slot.plan)


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
    read = [appointment for appointment, _to in moves]
    requests = {old.pk: replace(_request(old, to, now), overrides_hours=overrides_hours) for old, to in moves}
    wanted = {old.pk: _wanted(requests[old.pk], old, to) for old, to in moves}
    staff = [slot.staff.pk for slot in wanted.values()]
    lock_staff(*(old.staff_id for old in read), *staff, *staff_of_kept(read))
    with attempt():
        near = around(read, now=now)
        _make_way_for_all(wanted, requests, near, now)
        rows = lock_appointments([*wanted, *near.waiting])
        current = {row.pk: row for row in rows if row.pk in wanted}
        for old, to in moves:
            insist_on_the_same(current[old.pk], old, seen.get(old.pk))
            _insist_on_what_is_kept(current[old.pk], old, to)
            _insist_on_blocking(current[old.pk])
        moving = [
            (one, requests[pk], wanted[pk])
            for pk, one in current.items()
            if not _stays(one, wanted[pk], requests[pk])
        ]
        _replan(moving, near, now)
    return list(current.values())


def _make_way_for_all(
    wanted: Mapping[int, Slot], requests: Mapping[int, Request], near: Around, now: datetime
) -> None:
    """All reservations are locked in one go, because in one order."""
    ids = set(near.reservations)
    for slot in wanted.values():
        ids.update(overdue_in_the_way(slot.staff.pk, slot.plan.taken_at(slot.start), now))
    lock_reservations(ids)
    for pk, slot in wanted.items():
        make_way(requests[pk], slot)


def _replan(moving: Sequence[tuple[Appointment, Request, Slot]], near: Around, now: datetime) -> None:
    if not moving:
        return
    insist_on_decided([one for one, _request, _slot in moving], near.moves, now=now)
    _leave([one for one, _request, _slot in moving], near)
    for appointment, request, wanted in moving:
        _place(appointment, still_free(request, wanted.staff, wanted.start), request)
    for appointment, _request, _slot in moving:
        announce(appointment)
    promote(near, now=now)
