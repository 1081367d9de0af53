"""Many new appointments in few statements, with all that a single one would get."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments import audit
from appointments.booking.entries import Entry, Placement
from appointments.booking.overlaps import Claim
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
    """With whoever was there first: an appointment, or an earlier row of these."""
    new = {one.entry.row: one.appointment for one in placements}
    Quarantine.objects.bulk_create(
        Quarantine(
            company=run.company,
            appointment=one.appointment,
            kind=one.kind,
            other_id=_other_id(one.claim, new),
            run=run,
            row=one.entry.row,
            other_row=one.claim.row,
        )
        for one in placements
        if one.claim is not None and one.kind is not None
    )


def _other_id(claim: Claim, new: Mapping[int, Appointment | None]) -> int | None:
    earlier = new.get(claim.row) if claim.row is not None else None
    return claim.appointment_id or (earlier.pk if earlier else None)
