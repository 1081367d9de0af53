"""Storing an appointment: validate as admin and API would, then write, then tell the others."""

from datetime import datetime

from django.core.exceptions import ValidationError

from appointments import hooks
from appointments.booking.errors import from_validation
from appointments.constraints import SameCompany
from appointments.models import Appointment, AppointmentPhase

# Objects, not ids, come in here: that they exist and belong together is what the composite foreign
# keys say, without a query each.
REFERENCES = ("company", "branch", "staff", "service", "customer")


def validate(appointment: Appointment, *, now: datetime) -> None:
    """``full_clean()`` without the look-ups of references.

    Raises the writer's own errors where ``clean()`` has one of their codes, else ``ValidationError``.
    """
    appointment.now = now
    appointment.updated_at = now
    try:
        appointment.clean_fields(exclude=REFERENCES)
        appointment.clean()
        _validate_company(appointment)
    except ValidationError as error:
        raise from_validation(error) from error


def _validate_company(appointment: Appointment) -> None:
    """The other constraints hold by construction: the end is the start plus the phases, the status a
    known one. Django would ask the database for each of them.
    """
    for constraint in appointment._meta.constraints:
        if isinstance(constraint, SameCompany):
            constraint.validate(Appointment, appointment)


def insert(appointment: Appointment, *, now: datetime) -> None:
    """A new appointment with its phases; its allocations follow in the same transaction."""
    appointment.revision = 1
    _copy_plan(appointment)
    validate(appointment, now=now)
    appointment.save(force_insert=True)
    _write_phases(appointment)


def update(appointment: Appointment, *, now: datetime, fields: tuple[str, ...]) -> None:
    """Changed facts that leave start, service and stylist alone; bumps the revision."""
    validate(appointment, now=now)
    appointment.revision += 1
    appointment.save(update_fields=[*fields, "updated_at", "revision"])


def move(appointment: Appointment, *, now: datetime) -> None:
    """A changed service, stylist or start, with the phases; the allocations follow."""
    _copy_plan(appointment)
    validate(appointment, now=now)
    appointment.revision += 1
    appointment.save()
    appointment.phases.all().delete()
    _write_phases(appointment)


def announce(appointment: Appointment) -> None:
    """Tells the others. Last of all, so that they find the ledger as it will be committed."""
    hooks.appointment_changed(appointment)


def _copy_plan(appointment: Appointment) -> None:
    plan = appointment.plan
    appointment.ends_at = appointment.starts_at + plan.duration  # incident E4: never anything else
    appointment.buffer_before_minutes = plan.buffer_before
    appointment.buffer_after_minutes = plan.buffer_after
    appointment.blocks_span = plan.blocks_span


def _write_phases(appointment: Appointment) -> None:
    AppointmentPhase.objects.bulk_create(
        AppointmentPhase(
            appointment=appointment,
            position=placed.position,
            name=placed.phase.name,
            starts_at=placed.period.start,
            ends_at=placed.period.end,
            busy=placed.phase.busy,
        )
        for placed in appointment.plan.phases_at(appointment.starts_at)
    )
