"""Bringing a backup back, and proving that it is all there."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from appointments import integrity
from appointments.integrity.adopting import refuses_overlaps
from appointments.models import Finding
from appointments.privacy import remembered
from config.backups import programs
from config.backups.dumping import counts, tables
from config.backups.manifest import BackupError, Manifest, complete

# What a database has to be sure of before somebody works with it: as before a deploy.
GATE = (
    "appointments.constraint",
    "appointments.overlap",
    "appointments.ledger",
    "appointments.phases",
    "appointments.tenants",
)
Progress = Callable[[str], object]


def restore(dump: Path, *, now: datetime, replaces: bool, tell: Progress = str) -> Sequence[Finding]:
    """Into the database of the settings, which is empty or, with ``replaces``, emptied. All or nothing.

    Gives what the checks find afterwards. Raises ``BackupError`` before anything is touched, or if the
    rows are not those that were counted.
    """
    manifest = Manifest.read(dump)
    manifest.insist_on(dump)
    _insist_on_known(manifest)
    if tables() and not replaces:
        raise BackupError("The database is not empty. Restore into an empty one, or say --replace.")
    programs.run("pg_restore", "--list", str(dump))
    erased = _erased(dump)
    if replaces:
        _empty()
    tell("The rows are brought back and every rule is built anew.")
    programs.run(
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={connection.settings_dict['NAME']}",
        str(dump),
    )
    _insist_on_counts(manifest)
    tell("Every row is there.")
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    again = remembered.replay(erased, now=now)
    tell(f"{again} persons who had been erased since were erased again.")
    return _look(now)


def _erased(dump: Path) -> list[remembered.Entry]:
    """Who must not come back: of the file, of what is about to be replaced, and of the other backups."""
    try:
        noted = remembered.in_file()
    except (OSError, ValueError) as error:
        raise BackupError(f"{settings.ERASURES_FILE} cannot be read: {error}.") from error
    others = [entry for other in complete(dump.parent) for entry in Manifest.read(other).erased]
    return remembered.together(noted, remembered.in_database(), others)


def _look(now: datetime) -> Sequence[Finding]:
    result = integrity.run(now=now, checks=GATE, asks_outside=False)
    if result.failed:
        raise BackupError(f"These checks could not be run: {', '.join(result.failed)}.")
    if refuses_overlaps() is False:
        raise BackupError("The database does not refuse overlaps.")
    # Who waits in quarantine waited there before.
    return [each for each in result.findings if each.code not in {"waiting", "held"}]


def _insist_on_known(manifest: Manifest) -> None:
    """A programme that is older than its data fails in ways that nobody foresees (incident J22)."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        names = ", ".join(unknown[:3])
        raise BackupError(
            f"The backup is of a newer version ({manifest.version}): this one does not know {names}."
        )


def _insist_on_counts(manifest: Manifest) -> None:
    there = counts()
    differing = [name for name, number in manifest.counts.items() if there.get(name) != number]
    if differing:
        raise BackupError(f"Not every row came back: {', '.join(differing)}.")


def _empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
        cursor.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")
