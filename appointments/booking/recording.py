"""What stands in an outside calendar already: recorded as it is, whatever we would have said.

Nobody was asked, so hours, notice, grid, absences and skills do not matter. Live holds in its way are
lost; an appointment or the kept old time of an undecided move stays, and what came from outside is
stored beside it in conflict: nothing is lost, nothing promised is touched (invariants I5, I6).
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.availability import Slot
from appointments.booking.around import Around, around, reservations_in_the_way
from appointments.booking.current import locked
from appointments.booking.errors import NotAllowed, SlotTaken
from appointments.booking.kept import settle, staff_of_kept
from appointments.booking.ledger import (
    attempt,
    lock_appointments,
    lock_reservations,
    lock_staff,
    release_allocations,
    writes,
)
from appointments.booking.making import Visit
from appointments.booking.promotion import holds_giving_way, promote, take_time
from appointments.booking.saving import announce, insert, move
from appointments.models import Appointment, Reservation, Service, Staff
from appointments.models.appointment import Source, Status
from appointments.rules.phases import Plan


@writes
def record(
    *, staff: Staff, service: Service, start: datetime, plan: Plan, visit: Visit, now: datetime
) -> Appointment:
    """Stores a booking of an outside calendar with the ``plan`` that it has there.

    It becomes ``BOOKED``, ``CONFLICT`` without allocations if an appointment is in its way, or
    ``COMPLETED`` if it has ended. Raises ``ValueError`` for a plan without work and unless
    ``visit.source`` is ``CALENDAR``.
    """
    _insist_on_calendar(visit.source, plan)
    lock_staff(staff.pk)
    slot = Slot(staff, start, plan)
    if slot.end <= now:
        return _insert(_new(slot, service, visit, now), slot, Status.COMPLETED, now)
    try:
        with attempt():
            return _insert(_new(slot, service, visit, now), slot, Status.BOOKED, now)
    except SlotTaken:
        return _insert(_new(slot, service, visit, now), slot, Status.CONFLICT, now)


def _insist_on_calendar(source: str, plan: Plan) -> None:
    if source != Source.CALENDAR:
        raise ValueError(source)
    if not plan.stretches():
        raise ValueError(plan)


def _new(slot: Slot, service: Service, visit: Visit, now: datetime) -> Appointment:
    return Appointment(
        company=slot.staff.company,
        service=service,
        customer=visit.customer,
        attendee_name=visit.attendee_name,
        contact_phone=visit.contact_phone,
        notes=visit.notes,
        source=visit.source,
        price=service.price,
        currency=slot.staff.company.currency,
        staff_wished=visit.staff_wished,
        created_at=now,
    )


def _insert(appointment: Appointment, slot: Slot, status: Status, now: datetime) -> Appointment:
    holds = _put(appointment, slot, status)
    insert(appointment, now=now)
    return _placed(appointment, holds, now)


def _put(appointment: Appointment, slot: Slot, status: Status) -> list[Reservation]:
    """Says where it is; gives the holds that make way for it."""
    appointment.branch, appointment.staff = slot.staff.branch, slot.staff
    appointment.starts_at = slot.start
    appointment.plan = slot.plan
    appointment.status = status
    appointment.stands_already = True
    return holds_giving_way(appointment) if appointment.is_blocking else []


def _placed(appointment: Appointment, holds: Sequence[Reservation], now: datetime) -> Appointment:
    if appointment.is_blocking:
        take_time(appointment, holds, now=now)
    announce(appointment)
    return appointment


@writes
def follow(
    appointment: Appointment, *, start: datetime, plan: Plan, now: datetime, staff: Staff | None = None
) -> Appointment:
    """An outside booking was moved outside: ours goes where it stands now.

    It gives up its old time in any case, since it is no longer there; at the new one everything is as
    in :func:`record`, so one in conflict that fits now becomes ``BOOKED``. Following twice changes
    nothing. Raises ``ValueError`` as there, ``NotAllowed`` if it was cancelled or rejected here, and
    ``Stale`` as ``reschedule``.
    """
    _insist_on_calendar(appointment.source, plan)
    slot = Slot(staff or appointment.staff, start, plan)
    lock_staff(appointment.staff_id, slot.staff.pk, *staff_of_kept([appointment]))
    with attempt():
        near = around([appointment], now=now)
        in_the_way = reservations_in_the_way(slot.staff.pk, plan.taken_at(start))
        lock_reservations({*near.reservations, *in_the_way})
        current = locked(appointment, None, also=near.waiting)
        if current.status in {Status.CANCELLED, Status.REJECTED}:
            raise NotAllowed(_("This appointment is no longer valid and cannot be moved."))
        waits = current.status == Status.CONFLICT and slot.end > now
        if _stands_at(current, slot) and not waits:
            return current
        current = _go(current, slot, near, now)
        promote(near, now=now)
    return current


def _stands_at(appointment: Appointment, slot: Slot) -> bool:
    """The same time of the same stylist; what its phases are called does not matter."""
    plan, start = appointment.plan, appointment.starts_at
    return (appointment.staff_id, start, plan.minutes, plan.taken_at(start)) == (
        slot.staff.pk,
        slot.start,
        slot.plan.minutes,
        slot.plan.taken_at(slot.start),
    )


def _go(current: Appointment, slot: Slot, near: Around, now: datetime) -> Appointment:
    release_allocations([current])
    settle([current], near.moves)
    if slot.end <= now:
        return _move(current, slot, Status.COMPLETED, now)
    try:
        with attempt():
            return _move(current, slot, Status(current.status) if current.is_blocking else Status.BOOKED, now)
    except SlotTaken:
        (again,) = lock_appointments([current.pk])  # as it was before the attempt
        still_waits = again.status == Status.CONFLICT and _stands_at(again, slot)
        return again if still_waits else _move(again, slot, Status.CONFLICT, now)


def _move(appointment: Appointment, slot: Slot, status: Status, now: datetime) -> Appointment:
    holds = _put(appointment, slot, status)
    move(appointment, now=now)
    return _placed(appointment, holds, now)
