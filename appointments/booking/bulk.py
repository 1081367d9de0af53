"""Many new appointments in few statements, with all that a single one would get."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments import audit
from appointments.booking.entries import Entry, Placement
from appointments.models import (
    Allocation,
    Appointment,
    AppointmentPhase,
    Import,
    ImportedRow,
    Quarantine,
)
from appointments.models.appointment import Source


def insert(placements: Sequence[Placement], *, run: Import, now: datetime) -> None:
    """Their values come from a reader that has checked them; what they must not do to each other, the
    constraints and the ledger's trigger say.
    """
    for placement in placements:
        placement.appointment = _appointment(placement, run, now)
    appointments = [one.appointment for one in placements if one.appointment]
    Appointment.objects.bulk_create(appointments)
    AppointmentPhase.objects.bulk_create(phase for one in appointments for phase in _phases(one))
    Allocation.objects.bulk_create(
        taken for one in appointments if one.is_blocking for taken in _allocations(one)
    )
    audit.note_created(appointments, now=now)
    ImportedRow.objects.bulk_create(_row(one, run) for one in placements)
    _insert_quarantine(placements, run)


def _appointment(placement: Placement, run: Import, now: datetime) -> Appointment:
    entry, customer = placement.entry, placement.customer
    appointment = Appointment(
        company=run.company,
        branch=entry.staff.branch,
        staff=entry.staff,
        service=entry.service,
        customer=customer,
        attendee_name=placement.attendee_name,
        contact_phone=None if customer else entry.contact.phone,
        starts_at=entry.start,
        ends_at=entry.end,
        status=placement.status,
        source=Source.IMPORT,
        price=_price(placement, entry),
        currency=run.company.currency,
        notes=entry.notes,
        buffer_before_minutes=entry.plan.buffer_before,
        buffer_after_minutes=entry.plan.buffer_after,
        blocks_span=entry.plan.blocks_span,
        staff_wished=True,
        created_at=now,
        updated_at=now,
        revision=1,
    )
    appointment.plan = entry.plan
    return appointment


def _price(placement: Placement, entry: Entry) -> Decimal | None:
    """What it cost years ago, today's list does not say."""
    return entry.service.price if entry.price is None and placement.takes_time else entry.price


def _phases(appointment: Appointment) -> list[AppointmentPhase]:
    return [
        AppointmentPhase(
            appointment=appointment,
            position=placed.position,
            name=placed.phase.name,
            starts_at=placed.period.start,
            ends_at=placed.period.end,
            busy=placed.phase.busy,
        )
        for placed in appointment.plan.phases_at(appointment.starts_at)
    ]


def _allocations(appointment: Appointment) -> list[Allocation]:
    return [
        Allocation(
            company_id=appointment.company_id,
            staff_id=appointment.staff_id,
            during=DateTimeTZRange(*stretch.at(appointment.starts_at)),
            position=stretch.position,
            appointment=appointment,
        )
        for stretch in appointment.plan.stretches()
    ]


def _row(placement: Placement, run: Import) -> ImportedRow:
    entry = placement.entry
    return ImportedRow(
        company=run.company,
        source=run.source,
        key=entry.key,
        external_id=entry.external_id,
        digest=entry.digest,
        appointment=placement.appointment,
        imported_by=run,
        row=entry.row,
    )


def _insert_quarantine(placements: Sequence[Placement], run: Import) -> None:
    """With both numbers: of the row, and of the one that was there first, if that is of this file too."""
    conflicts = [one for one in placements if one.claim is not None]
    if not conflicts:
        return
    appointments = {one.entry.row: one.appointment for one in placements}
    others = [one.claim.appointment_id for one in conflicts if one.claim and one.claim.appointment_id]
    stored = ImportedRow.objects.filter(imported_by=run, appointment__in=others)
    rows = dict(stored.values_list("appointment_id", "row"))
    Quarantine.objects.bulk_create(_quarantine(one, run, appointments, rows) for one in conflicts)


def _quarantine(
    placement: Placement,
    run: Import,
    appointments: Mapping[int, Appointment | None],
    rows: Mapping[int, int],
) -> Quarantine:
    claim, kind = placement.claim, placement.kind
    if claim is None or kind is None:
        raise ValueError(placement)
    earlier = appointments[claim.row] if claim.row is not None else None
    other_id = earlier.pk if earlier else claim.appointment_id
    return Quarantine(
        company=run.company,
        appointment=placement.appointment,
        kind=kind,
        other_id=other_id,
        run=run,
        row=placement.entry.row,
        other_row=claim.row if earlier else rows.get(other_id or 0),
    )
