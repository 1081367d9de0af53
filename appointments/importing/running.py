"""Carrying out an import: batch by batch, each of them all or nothing, and the whole to its end.

A batch commits its appointments, its findings and how far the import has come in one transaction. Whoever
dies in between leaves an import that says so and that goes on behind its last batch, by itself or when the
command is called again (decision 0011).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from time import monotonic

from django.db import IntegrityError, OperationalError, reset_queries, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from appointments import booking, locks
from appointments.audit import Channel, acting
from appointments.importing.deciding import (
    KINDS,
    Decision,
    Fate,
    Memory,
    carry_out,
    catalogue_of,
    foresee,
)
from appointments.importing.detecting import CHUNK
from appointments.importing.files import Opener, Row
from appointments.importing.mapping import Mapping
from appointments.importing.preparing import Prepared, prepare
from appointments.importing.problems import ImportFileError
from appointments.importing.reading import Reader
from appointments.models import Company, Import, ImportFinding, Service, Staff
from appointments.models.imports import FindingKind, ImportState

BATCH = 500
# A batch that meets somebody who took no locks, or waits for a lock for too long, is tried again.
ATTEMPTS = 3
COUNTS = tuple(str(fate) for fate in Fate)
PROGRESS = ("rows_done", "touched_at", "made", "failures", *COUNTS)
COMMAND = "import_appointments"
LONGEST_TEXT = 500

Clock = Callable[[], datetime]
Tell = Callable[[Import], None]


def digest_of(opener: Opener, mapping: Mapping, *, dry_run: bool) -> str:
    """The same for the same file with the same mapping, whatever it is called."""
    with opener() as file:
        digest = hashlib.sha256(f"{mapping.model_dump_json()}{dry_run}".encode())
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def alone_with(company: Company, *, waits: bool) -> AbstractContextManager[bool]:
    """One import of a company at a time; of other companies, any number."""
    return locks.alone(f"import:{company.pk}", waits=waits)


def carry_on(
    run: Import, opener: Opener, *, clock: Clock, seconds: float | None = None, tell: Tell | None = None
) -> bool:
    """Goes on with ``run`` from where it is; whether it has come to its end. Call it ``alone_with`` its
    company.

    ``seconds``: a batch that would begin later is left for the next call. ``tell`` hears of each batch.
    Raises ``ImportFileError``, before anything is stored, if the file cannot be imported.
    """
    run.refresh_from_db()
    if not run.is_unfinished:
        return True
    mapping = Mapping.model_validate(run.mapping)
    work = _Work(run, mapping, _begin(run, opener, mapping, clock), clock)
    until = None if seconds is None or run.dry_run else monotonic() + seconds
    with work.prepared.table.rows(after=run.rows_done) as rows:
        while batch := list(islice(rows, BATCH)):
            work.do(batch)
            reset_queries()  # with DEBUG, Django would remember every statement
            if tell:
                tell(run)
            if until is not None and monotonic() > until and run.rows_done < run.rows_total:
                return False
    run.state, run.finished_at = ImportState.DONE, clock()
    run.save(update_fields=["state", "finished_at"])
    return True


def _begin(run: Import, opener: Opener, mapping: Mapping, clock: Clock) -> Prepared:
    """Reads the file once to its end, so that only what is readable throughout is begun at all."""
    if run.dry_run:  # it has no memory of what it did before
        _forget(run)
    try:
        prepared = prepare(opener, mapping, run.company)
        run.rows_total = prepared.table.count()
        catalogue_of(run, mapping, stores=False)
    except ImportFileError as error:
        run.state, run.problem, run.finished_at = ImportState.FAILED, str(error), clock()
        run.save(update_fields=["state", "problem", "finished_at"])
        raise
    run.state, run.started_at, run.touched_at = ImportState.RUNNING, run.started_at or clock(), clock()
    run.save(update_fields=["state", "started_at", "touched_at", "rows_total"])
    return prepared


@transaction.atomic
def _forget(run: Import) -> None:
    run.findings.all().delete()
    run.rows_done, run.made = 0, {}
    for name in COUNTS:
        setattr(run, name, 0)
    run.save(update_fields=PROGRESS)


class _Work:
    """The batches of one call."""

    def __init__(self, run: Import, mapping: Mapping, prepared: Prepared, clock: Clock) -> None:
        self.run, self.mapping, self.prepared, self.clock = run, mapping, prepared, clock
        self.creates_customers = "customers" in mapping.create_missing
        self.memory = Memory(run, mapping) if run.dry_run else None
        self.actor = run.created_by.get_username() if run.created_by else COMMAND

    def do(self, rows: Sequence[Row]) -> None:
        """All of ``rows`` or none. What others were just doing to the same time is over at the next try."""
        for attempt in range(1, ATTEMPTS + 1):
            before = {name: getattr(self.run, name) for name in PROGRESS}
            try:
                with transaction.atomic(), acting(Channel.IMPORT, self.actor):
                    self._do(rows)
            except (booking.SlotTaken, IntegrityError, OperationalError) as error:
                for name, value in before.items():
                    setattr(self.run, name, value)
                if attempt == ATTEMPTS or not _may_pass(error):
                    raise
            else:
                return

    def _do(self, rows: Sequence[Row]) -> None:
        now = self.clock()
        decisions, made = self._decide(rows, now)
        ImportFinding.objects.bulk_create(
            finding for decision in decisions for finding in _findings(decision, self.run)
        )
        counts = Counter(str(decision.fate) for decision in decisions)
        for name in COUNTS:
            setattr(self.run, name, getattr(self.run, name) + counts[name])
        self.run.rows_done += len(decisions)
        self.run.made = _made(self.run.made, made)
        self.run.touched_at, self.run.failures = now, 0
        self.run.save(update_fields=PROGRESS)

    def _decide(self, rows: Sequence[Row], now: datetime) -> tuple[list[Decision], list[Staff | Service]]:
        run, creates = self.run, self.creates_customers
        if self.memory is not None:
            reader = Reader(self.prepared.layout, self.memory.catalogue)
            decisions = foresee(rows, reader, self.memory, run=run, creates_customers=creates, now=now)
        else:
            reader = Reader(self.prepared.layout, catalogue_of(run, self.mapping))
            decisions = carry_out(rows, reader, run=run, creates_customers=creates, now=now)
        return decisions, reader.catalogue.take_made()


def _may_pass(error: Exception) -> bool:
    """Not if the database is gone."""
    return not isinstance(error, OperationalError) or isinstance(
        error.__cause__, (DeadlockDetected, LockNotAvailable)
    )


def _made(before: dict[str, list[str]], rows: Iterable[Staff | Service]) -> dict[str, list[str]]:
    made = {kind: list(names) for kind, names in before.items()}
    for row in rows:
        made.setdefault("staff" if isinstance(row, Staff) else "services", []).append(row.name)
    return made


def _findings(decision: Decision, run: Import) -> Iterator[ImportFinding]:
    remarks = [(FindingKind.NOTE, note) for note in decision.notes]
    if decision.reason is not None:
        remarks.insert(0, (KINDS[decision.fate], decision.reason))
    for kind, remark in remarks:
        yield ImportFinding(
            run=run, row=decision.row, kind=kind, code=remark.code, text=remark.text[:LONGEST_TEXT]
        )
