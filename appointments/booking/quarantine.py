"""The ways out for an appointment that is in conflict: a place of its own, its double, or nothing.

For the time that it has, once that is free, and for what took place all the same, there is ``mark``.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.availability import Request, Slot
from appointments.booking.around import LONGEST
from appointments.booking.changes import Move
from appointments.booking.current import insist_on_the_same, locked
from appointments.booking.entries import NO_NAME
from appointments.booking.errors import NotAllowed
from appointments.booking.ledger import allocate, attempt, lock_appointments, lock_staff, writes
from appointments.booking.overlaps import Who, who
from appointments.booking.saving import announce, move, update
from appointments.booking.slots import still_free
from appointments.booking.statuses import mark
from appointments.booking.way import make_way
from appointments.models import Appointment, Quarantine
from appointments.models.appointment import BLOCKING, Status

# What one can be the double of: it stands, or it took place.
STANDS = (*BLOCKING, Status.COMPLETED)


@writes
def give_place(
    appointment: Appointment,
    to: Move,
    *,
    now: datetime,
    revision: int | None = None,
    overrides_hours: bool = False,
) -> Appointment:
    """Moves one in conflict to a time that is free; it is booked then, as long as it was to be.

    Raises ``SlotTaken``, ``Unavailable``, ``Stale`` as ``reschedule``, and ``NotAllowed`` if it is in
    conflict no more: somebody was faster, or its time became free.
    """
    staff = to.staff or appointment.staff
    request = Request(
        branch=staff.branch,
        service=appointment.service,
        staff=staff,
        now=now,
        appointment_id=appointment.pk,
        overrides_hours=overrides_hours,
    )
    wanted = Slot(staff, to.start or appointment.starts_at, staff.plan_for(appointment.service))
    lock_staff(appointment.staff_id, staff.pk)
    with attempt():
        make_way(request, wanted)
        current = locked(appointment, revision)
        _insist_on_conflict(current)
        slot = still_free(request, staff, wanted.start)
        current.branch, current.staff = request.branch, slot.staff
        current.starts_at, current.plan = slot.start, slot.plan
        current.status = Status.BOOKED
        move(current, now=now)
        allocate(current, slot.plan)
        announce(current)
    return current


def doubles_of(appointment: Appointment) -> Sequence[Appointment]:
    """The appointments with the same stylist, at an overlapping time, of the same person; by start."""
    others = Appointment.objects.filter(
        company=appointment.company_id,
        staff=appointment.staff_id,
        status__in=STANDS,
        starts_at__lt=appointment.ends_at,
        starts_at__gt=appointment.starts_at - LONGEST,
        ends_at__gt=appointment.starts_at,
    )
    related = ("company", "branch__company", "staff", "service", "customer")
    return [
        one
        for one in others.select_related(*related).order_by("starts_at", "pk")
        if _is_double(appointment, one)
    ]


def took_place(appointment: Appointment, *, now: datetime, revision: int | None = None) -> Appointment:
    """Two were served at once, whatever the diary says: it is ``COMPLETED``.

    Raises ``NotAllowed`` before it is over, and as ``mark``.
    """
    if appointment.ends_at > now:
        raise NotAllowed(_("This appointment is not over yet."))
    return mark(appointment, Status.COMPLETED, now=now, revision=revision)


@writes
def merge(appointment: Appointment, *, now: datetime, revision: int | None = None) -> Appointment:
    """It is the same as the first of :func:`doubles_of`: it becomes ``REJECTED``, its notes stay with that.

    Raises ``Stale``, and ``NotAllowed`` if it is in conflict no more or has no double.
    """
    doubles = doubles_of(appointment)
    if not doubles:
        raise NotAllowed(_("There is no other appointment of this customer at this time."))
    kept = doubles[0]
    rows = {row.pk: row for row in lock_appointments([appointment.pk, kept.pk])}
    current, stays = rows[appointment.pk], rows[kept.pk]
    insist_on_the_same(current, appointment, revision)
    _insist_on_conflict(current)
    if stays.status not in STANDS or not _is_double(current, stays):
        raise NotAllowed(_("These two are not the same appointment any more."))
    if current.notes and current.notes not in stays.notes:
        stays.notes = "\n".join(filter(None, (stays.notes, current.notes)))
        update(stays, now=now, fields=("notes",))
        announce(stays)
    current.status = Status.REJECTED
    update(current, now=now, fields=("status",))
    Quarantine.objects.filter(appointment=current).update(merged_into=stays)
    announce(current)
    return current


def _is_double(one: Appointment, other: Appointment) -> bool:
    same = _who(one) == _who(other) != NO_NAME
    overlap = one.starts_at < other.ends_at and other.starts_at < one.ends_at
    return same and overlap and one.staff_id == other.staff_id and one.pk != other.pk


def _who(appointment: Appointment) -> Who:
    return who(appointment.customer_id, appointment.attendee_name)


def _insist_on_conflict(appointment: Appointment) -> None:
    if appointment.status != Status.CONFLICT:
        raise NotAllowed(
            _("This appointment is not in conflict any more: somebody has decided, or its time became free.")
        )
