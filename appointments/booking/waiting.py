"""The quarantine as a work list: what is in conflict, who is in its way today, and where it could go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from appointments.access import Access
from appointments.availability import Request, Slot, alternatives, check
from appointments.booking.overlaps import Wanted, ledger_at, over_at
from appointments.models import Appointment
from appointments.models.appointment import AppointmentQuerySet, Source
from appointments.rules.periods import Period

PROPOSALS = 6


def in_quarantine(access: Access) -> AppointmentQuerySet:
    """What somebody with this ``access`` has to decide, imported or from the calendar. For work lists and
    badges: ``.count()`` is one look into a small index.
    """
    rows = Appointment.objects.in_conflict()
    scoped: AppointmentQuerySet = access.scope(rows, branch="branch", staff="staff")  # type: ignore[assignment]
    return scoped


def is_decided_elsewhere(appointment: Appointment, *, now: datetime) -> bool:
    """A booking of the calendar that is still to come has a case, whose ways out also tell the calendar."""
    return appointment.source == Source.CALENDAR and appointment.ends_at > now


def in_the_way_of(appointments: Iterable[Appointment]) -> Mapping[int, Sequence[Appointment]]:
    """By id, who stands there today, or took place. Three queries, however many are asked about.

    ``appointments`` with ``phases``. Reservations are not named: they are over in a moment.
    """
    asked = {one.pk: (one.staff_id, one.plan.taken_at(one.starts_at)) for one in appointments}
    wanted = [Wanted(staff_id, period) for staff_id, periods in asked.values() for period in periods]
    claims = [*ledger_at(wanted), *over_at(wanted)]
    ids = {claim.appointment_id for _place, claim in claims if claim.appointment_id is not None}
    related = ("company", "branch__company", "staff", "service", "customer")
    others = {row.pk: row for row in Appointment.objects.filter(pk__in=ids).select_related(*related)}
    found: dict[int, list[Appointment]] = {pk: [] for pk in asked}
    for pk, (staff_id, periods) in asked.items():
        for place, claim in claims:
            other = others.get(claim.appointment_id or 0)
            is_there = other is not None and place.staff_id == staff_id and other not in found[pk]
            if other is not None and is_there and any(place.period.overlaps(period) for period in periods):
                found[pk].append(other)
    return found


def free_places(appointment: Appointment, *, now: datetime) -> list[Slot]:
    """Up to six free starts, nearest first: the same time with a colleague, then with the same stylist."""
    request = Request(
        branch=appointment.branch, service=appointment.service, now=now, appointment_id=appointment.pk
    )
    near = max(appointment.starts_at, now)
    verdict = check(request, start=near)
    same_time = [slot for slot in verdict.slots if slot.staff.pk != appointment.staff_id][:1]
    own = alternatives(
        request.with_staff(appointment.staff),
        near=near,
        count=PROPOSALS,
        avoid=[Period(appointment.starts_at, appointment.ends_at)],
    )
    return [*same_time, *own][:PROPOSALS]
