"""Faults as scripts, restores and old programmes leave them: written past the writer and past the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments import integrity
from appointments.integrity import Sentence
from appointments.models import (
    Allocation,
    Appointment,
    AppointmentPhase,
    Finding,
    Reservation,
    Service,
    Staff,
)
from appointments.models.appointment import Source
from tests.salons import MONDAY, NOW, Salon, at

RULE = "allocation_one_place_at_a_time"


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """As a restore does it: neither foreign keys nor the ledger's triggers are asked."""
    with connection.cursor() as cursor:
        _settle(cursor)
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def drop_rule(name: str = RULE, table: str = "appointments_allocation") -> None:
    with connection.cursor() as cursor:
        _settle(cursor)
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _settle(cursor: Any) -> None:
    """What the test has done so far was right: the triggers shall not ask at its end."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS appointment_ledger, allocation_ledger DEFERRED")


def old_row(
    salon: Salon,
    clock: str,
    *,
    service: Service | None = None,
    staff: Staff | None = None,
    phases: bool = True,
    allocations: bool = True,
    **facts: Any,
) -> Appointment:
    """An appointment as an old programme stored it, whatever else is there at that time."""
    staff, service = staff or salon.emma, service or salon.perm
    plan = staff.plan_for(service)
    start = facts.pop("starts_at", None) or at(MONDAY, clock)
    values = {
        "company": salon.company,
        "branch": salon.branch,
        "staff": staff,
        "service": service,
        "starts_at": start,
        "ends_at": start + plan.duration,
        "status": "booked",
        "source": Source.IMPORT,
        "currency": "EUR",
        "created_at": NOW - timedelta(days=7),
        "updated_at": NOW - timedelta(days=7),
        "revision": 1,
        **facts,
    }
    with past_the_triggers():
        appointment = Appointment.objects.create(**values)
        if phases:
            lay_phases(appointment)
        if allocations:
            take(appointment)
    return appointment


def lay_phases(appointment: Appointment) -> None:
    AppointmentPhase.objects.bulk_create(
        AppointmentPhase(
            appointment=appointment,
            position=placed.position,
            name=placed.phase.name,
            starts_at=placed.period.start,
            ends_at=placed.period.end,
            busy=placed.phase.busy,
        )
        for placed in appointment.staff.plan_for(appointment.service).phases_at(appointment.starts_at)
    )


def take(owner: Appointment | Reservation) -> None:
    column = "appointment" if isinstance(owner, Appointment) else "reservation"
    plan = owner.staff.plan_for(owner.service)
    Allocation.objects.bulk_create(
        Allocation(
            company_id=owner.company_id,
            staff_id=owner.staff_id,
            during=DateTimeTZRange(*stretch.at(owner.starts_at)),
            position=stretch.position,
            **{column: owner},
        )
        for stretch in plan.stretches()
    )


def found(check: str, salon: Salon | None = None, **facts: Any) -> list[Finding]:
    """What this check alone says, of one company or of all."""
    result = integrity.run(
        now=facts.pop("now", NOW),
        company=salon.company if salon else None,
        checks=[check],
        asks_outside=facts.pop("asks_outside", False),
    )
    assert result.failed == []
    return result.findings


def told(findings: list[Finding]) -> list[tuple[str, str, list[int]]]:
    """Kind, urgency and whom it concerns; every sentence can be said, and says nothing of a customer."""
    for finding in findings:
        sentence = integrity.sentence_of(finding)
        assert sentence.endswith(".")
        assert "%(" not in sentence
        assert "None" not in sentence
    return [(each.code, each.severity, [one["id"] for one in each.subjects]) for each in findings]


def spoken(outcome: Any) -> list[str]:
    return [
        str(each if isinstance(each, Sentence) else Sentence.from_json(each)) for each in outcome.sentences
    ]
