"""Writing a backup."""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from appointments.privacy import remembered
from config import version
from config.backups import programs
from config.backups.manifest import (
    BROKEN_OFF,
    BackupError,
    Manifest,
    complete,
    digest_of,
    name_of,
    path_of,
)


def backup(folder: Path, *, now: datetime) -> Path:
    """The dump, complete with its manifest; both readable by nobody else. Raises ``BackupError``.

    Everything is of one moment, also the counts, and nobody has to wait for it.
    """
    dump = folder / name_of(now)
    unfinished = dump.with_suffix(BROKEN_OFF)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        manifest = _dump(unfinished, now)
        programs.run("pg_restore", "--list", str(unfinished))
        unfinished.replace(dump)
        manifest.write(dump)
        path_of(dump).chmod(0o600)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return dump


def keep_only(folder: Path, number: int) -> list[Path]:
    """Removes the oldest backups beyond ``number``, which is positive; those that were removed."""
    gone = complete(folder)[:-number]
    for dump in gone:
        # Its manifest first: a manifest without a dump would look like a loss.
        path_of(dump).unlink()
        dump.unlink()
    return gone


def _dump(path: Path, now: datetime) -> Manifest:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, server = cursor.fetchone()
        programs.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")
        return Manifest(
            sha256=digest_of(path),
            bytes=path.stat().st_size,
            created_at=now.isoformat(),
            version=version.RUNNING,
            server_version=server,
            migrations=applied(),
            counts=counts(),
            erased=remembered.in_database(),
        )


def applied() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        )
        return [name for (name,) in cursor.fetchall()]


def counts() -> dict[str, int]:
    counted: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - quoted
            (counted[table],) = cursor.fetchone()
    return counted
