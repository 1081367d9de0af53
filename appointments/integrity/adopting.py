"""Making a database safe whose rows were stored before, or past, the rules (``docs/integrity.md``).

An exclusion constraint cannot be added ``NOT VALID``, so every overlap has to be out of the ledger first:
found, told, set aside, and then the rules are added and tried.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from psycopg.errors import ExclusionViolation

from appointments.integrity.repairing import Outcome, dry_run, repair
from appointments.integrity.running import run
from appointments.models import Finding, Repair

# In this order: parts, then the time they take, then who stays, then whoever fits again, then the rules.
ORDER = (
    "appointments.phases",
    "appointments.overlap",
    "appointments.ledger",
    "appointments.hold",
    "appointments.conflict_free",
    "appointments.constraint",
)
# Each round can only make fewer; one overlap less may uncover the next.
ROUNDS = 50


def foretold(*, now: datetime) -> Iterator[tuple[Finding, Outcome | None]]:
    """What is wrong, and what :func:`adopt` would do about it first; None where only a person can."""
    for check in ORDER:
        for finding in run(now=now, checks=[check], asks_outside=False).findings:
            yield finding, dry_run(finding, now=now) if finding.repairable else None


def adopt(*, now: datetime) -> Iterator[tuple[Finding, Repair]]:
    """Repairs what can be, check by check, until nothing changes; each repair is written down."""
    for check in ORDER:
        for _round in range(ROUNDS):
            found = run(now=now, checks=[check], asks_outside=False).findings
            done = 0
            for finding in (each for each in found if each.repairable):
                made = repair(finding, now=now)
                done += made.outcome == "done"
                yield finding, made
            if not done:
                break


def remaining(*, now: datetime) -> list[Finding]:
    """What keeps the database from being safe. Whoever waits in quarantine does not: it takes no time."""
    found = run(now=now, checks=ORDER, asks_outside=False).findings
    return [each for each in found if each.code not in {"waiting", "held"}]


def refuses_overlaps() -> bool | None:
    """The proof: a copy of a row of the ledger is tried and has to be refused. None for an empty ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM appointments_allocation LIMIT 1")
        row = cursor.fetchone()
        if row is None:
            return None
        try:
            with transaction.atomic():
                cursor.execute(
                    "INSERT INTO appointments_allocation "
                    "(company_id, staff_id, during, position, appointment_id, reservation_id) "
                    "SELECT company_id, staff_id, during, 32767, appointment_id, reservation_id "
                    "FROM appointments_allocation WHERE id = %s",
                    row,
                )
                transaction.set_rollback(True)
        except IntegrityError as error:
            return isinstance(error.__cause__, ExclusionViolation)
    return False
