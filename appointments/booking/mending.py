"""Bringing phases and ledger into line with what was promised, where they were written past the writer.

Start, stylist, service and status stay: what was promised is not changed (invariant I5).
"""

from datetime import datetime, timedelta

from appointments.availability import Request, Slot
from appointments.booking.around import Around, around
from appointments.booking.current import locked
from appointments.booking.ledger import allocate, attempt, lock_staff, release_allocations, writes
from appointments.booking.promotion import promote
from appointments.booking.saving import announce, move, validate
from appointments.booking.way import make_way
from appointments.models import Allocation, Appointment
from appointments.rules.phases import Phase, Plan

MINUTE = timedelta(minutes=1)


@writes
def mend_ledger(appointment: Appointment, *, now: datetime) -> Appointment:
    """Takes exactly the time of the copied phases, or none where the status takes none.

    Raises ``SlotTaken`` if somebody else has that time; everything then stays as it was.
    """
    return _mend(appointment, None, now)


@writes
def mend_phases(appointment: Appointment, *, now: datetime) -> Appointment:
    """Lays the phases anew between the promised start and end: the service's if they are as long, else
    one in which the stylist is busy throughout. Takes their time as :func:`mend_ledger`.
    """
    return _mend(appointment, promised_plan(appointment), now)


def promised_plan(appointment: Appointment) -> Plan:
    """What can be known of the promise without its phases; minutes are rounded up."""
    minutes = -((appointment.starts_at - appointment.ends_at) // MINUTE)
    plan = appointment.staff.plan_for(appointment.service)
    if plan.minutes == minutes and plan.stretches():
        return plan
    return Plan((Phase("", minutes),))


def _mend(appointment: Appointment, plan: Plan | None, now: datetime) -> Appointment:
    strangers = Allocation.objects.filter(appointment=appointment).values_list("staff_id", flat=True)
    lock_staff(appointment.staff_id, *strangers)
    with attempt():
        near = around([appointment], now=now)
        _lock_reservations(appointment, plan or appointment.plan, near, now)
        current = locked(appointment, None, also=near.waiting)
        current.stands_already = True
        release_allocations([current])
        if plan is not None:
            current.plan = plan
            move(current, now=now)
        if current.is_blocking:
            validate(current, now=now)
            allocate(current, current.plan)
        if plan is not None:
            announce(current)
        promote(near, now=now)
    return current


def _lock_reservations(appointment: Appointment, plan: Plan, near: Around, now: datetime) -> None:
    staff = appointment.staff
    request = Request(
        branch=staff.branch, service=appointment.service, staff=staff, now=now, appointment_id=appointment.pk
    )
    make_way(request, Slot(staff, appointment.starts_at, plan), also=near.reservations)
