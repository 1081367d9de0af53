"""PostgreSQL's own programs, asked about the database that the settings name."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from config.backups.manifest import BackupError
from config.embedded.binaries import EmbeddedServerError, bin_dir

# By the environment: what stands on a command line every user of the machine can read.
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def run(program: str, *arguments: str) -> str:
    """What it writes. Raises ``BackupError`` with what it complains of."""
    facts: dict[str, Any] = connection.get_connection_params()
    named = {ENVIRONMENT[name]: str(value) for name, value in facts.items() if name in ENVIRONMENT and value}
    done = subprocess.run(
        [find(program), *arguments],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def find(program: str) -> str:
    """One that is not older than the server: an older one refuses to dump it."""
    needed = server_version() // 10_000
    for path in _candidates(program):
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.search(r"(\d+)", told)
        if major and int(major.group()) >= needed:
            return path
    raise BackupError(f"No {program} of version {needed} or newer was found: install postgresql-client.")


def server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


def _candidates(program: str) -> Iterator[str]:
    on_path = shutil.which(program)
    if on_path:
        yield on_path
    try:
        ours: Path = bin_dir() / program
    except EmbeddedServerError:
        return
    if ours.is_file():
        yield str(ours)
