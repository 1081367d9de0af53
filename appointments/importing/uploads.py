"""Files that somebody uploads: kept beside the database for a while, then gone."""

import logging
from datetime import datetime, timedelta
from typing import IO, Any, cast

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from appointments.importing.files import Opener
from appointments.importing.mapping import Mapping
from appointments.importing.problems import ImportFileError
from appointments.importing.running import Clock, alone_with, carry_on, digest_of
from appointments.models import Company, Import
from appointments.models.imports import UNFINISHED, ImportState

logger = logging.getLogger(__name__)

TASK = "appointments.tasks.run_import"
# How long the file of an import is kept, for a look at the rows that were refused; a draft is thrown away.
KEPT = timedelta(days=7)
# Less than the queue allows a task; what is left is done by the next one.
SECONDS = 200.0
# A file that stops at the same place so often is a matter for a person.
MOST_FAILURES = 3


def receive(company: Company, file: "File[Any]", *, user: Any, now: datetime) -> Import:
    """Stores an upload as a draft."""
    run = Import(company=company, file_name=(file.name or "")[:200], created_at=now, created_by=user)
    run.file.save(f"{company.pk}.csv", file, save=False)
    run.save()
    return run


def opener_of(run: Import) -> Opener:
    """Raises ``ImportFileError`` once the file has been removed."""

    def opener() -> IO[bytes]:
        if not run.file:
            raise ImportFileError(_("The file has been removed; please upload it again."))
        try:
            opened: Any = run.file.storage.open(str(run.file.name), "rb").file
        except FileNotFoundError as error:
            raise ImportFileError(_("The file is not there any more; please upload it again.")) from error
        return cast("IO[bytes]", opened)

    return opener


@transaction.atomic
def start(run: Import, mapping: Mapping, *, dry_run: bool) -> bool:
    """Gives the import to the worker, once; whether it was not begun already."""
    digest = digest_of(opener_of(run), mapping, dry_run=dry_run)
    startable = Import.objects.filter(pk=run.pk, state=ImportState.DRAFT)
    if run.dry_run:  # after a trial run comes the real one
        startable |= Import.objects.filter(pk=run.pk, state=ImportState.DONE, dry_run=True)
    begun = startable.update(
        state=ImportState.WAITING,
        dry_run=dry_run,
        mapping=mapping.model_dump(mode="json"),
        source=mapping.source,
        digest=digest,
        **NOTHING_DONE,
    )
    if begun:
        run.findings.all().delete()
        _soon(run.pk)
    return bool(begun)


COUNTS = ("rows_done", "imported", "quarantined", "unchanged", "rejected")
NOTHING_DONE: dict[str, Any] = {
    **dict.fromkeys((*COUNTS, "failures"), 0),
    "problem": "",
    "made": {},
    "started_at": None,
    "touched_at": None,
    "finished_at": None,
}


@transaction.atomic
def try_again(run: Import) -> bool:
    """Goes on with one that could not go on, behind the last row that was done."""
    failed = Import.objects.filter(pk=run.pk, state=ImportState.FAILED).exclude(file="")
    waiting = bool(failed.update(state=ImportState.WAITING, problem="", failures=0, finished_at=None))
    if waiting:
        _soon(run.pk)
    return waiting


def discard(run: Import) -> bool:
    """Throws a draft away, with its file; whether it was one."""
    drafts = Import.objects.filter(pk=run.pk, state=ImportState.DRAFT)
    gone = bool(drafts.delete()[0])
    if gone and run.file:
        run.file.delete(save=False)
    return gone


def work_on(run: Import, *, clock: Clock) -> bool:
    """What the worker does; whether there is nothing left to do. Somebody else may be at it."""
    with alone_with(run.company, waits=False) as ours:
        if not ours:
            return False
        try:
            done = carry_on(run, opener_of(run), clock=clock, seconds=SECONDS)
        except ImportFileError:
            return True  # it is written down, and a person has to do something
        except Exception:
            _note_failure(run, clock())
            raise
    if not done:
        _soon(run.pk)
    return done


def _note_failure(run: Import, now: datetime) -> None:
    """A batch that fails leaves no trace, so the next attempt begins with it; a few times."""
    run.refresh_from_db()
    run.failures += 1
    if run.failures >= MOST_FAILURES:
        run.state, run.finished_at = ImportState.FAILED, now
        run.problem = _("It could not go on behind row %(row)s. What was done stands.") % {
            "row": run.rows_done
        }
        logger.error("Import %s of company %s does not go on.", run.pk, run.company_id)
    run.save(update_fields=["failures", "state", "problem", "finished_at"])


def continue_all(*, clock: Clock) -> int:
    """Goes on with imports whose worker has died or that wait for another; how many. Every minute."""
    uploaded = Import.objects.filter(state__in=UNFINISHED).exclude(file="").select_related("company")
    return sum(work_on(run, clock=clock) for run in uploaded.order_by("created_at"))


def purge(*, now: datetime) -> int:
    """Removes old files, and drafts that nobody has started; how many. Every hour."""
    old = Import.objects.exclude(file="").exclude(state__in=UNFINISHED)
    rows = list(old.filter(created_at__lte=now - KEPT))
    for run in rows:
        run.file.delete(save=False)
        if run.state == ImportState.DRAFT:
            run.delete()
        else:
            Import.objects.filter(pk=run.pk).update(file="")
    return len(rows)


def _soon(run_id: int) -> None:
    transaction.on_commit(lambda: async_task(TASK, run_id), robust=True)
