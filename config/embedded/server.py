"""Start the embedded PostgreSQL and share it between processes.

The wheel's own bookkeeping counts process ids in a file: a killed process stays in it for ever and keeps the
server running, and a forked worker is not in it at all, so the server stops under it. Here the kernel keeps
count through file locks (see ``guardian``), which a fork shares and which end with the process.

Files beside the data folder ``postgres``: ``postgres.users`` (shared lock of every user, exclusive lock of
the one who stops), ``postgres.start`` (one starts, the others wait), ``postgres.duty`` (held by the guardian
on duty).
"""

import fcntl
import os
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded import DATABASE_NAME, binaries, guardian
from config.embedded.binaries import EmbeddedServerError

SUPERUSER = "postgres"
PORT = 5432
# A socket's path fits in 107 bytes on Linux and in 103 on macOS; its name takes 16 of them.
LONGEST_SOCKET_DIR = 85
PROBE_TIMEOUT_SECONDS = 5
BURIAL_TIMEOUT_SECONDS = 10
PROC = Path("/proc")
SERVER_OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    # PostgreSQL quotes the values of refused rows and statements; Django logs the error without them.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}

# A descriptor for each data folder in use, kept open until the process ends or ``release`` is called.
_held: dict[Path, int] = {}


@dataclass(frozen=True)
class Files:
    """The data folder and what lies beside it."""

    data: Path

    @property
    def users(self) -> Path:
        return self.data.with_name(f"{self.data.name}.users")

    @property
    def start(self) -> Path:
        return self.data.with_name(f"{self.data.name}.start")

    @property
    def duty(self) -> Path:
        return self.data.with_name(f"{self.data.name}.duty")

    @property
    def staging(self) -> Path:
        return self.data.with_name(f"{self.data.name}.new")


def ensure_running(data: Path, options: Mapping[str, str] | None = None) -> Path:
    """Start the server if need be, hold it for the life of this process, and return the folder of its socket.

    ``options`` are server settings that apply if this call starts it. Raises EmbeddedServerError.
    """
    files = Files(data.resolve())
    files.data.parent.mkdir(parents=True, exist_ok=True)
    with _locked(files.start):
        _hold(files)
        socket_dir = running_socket_dir(files.data)
        if socket_dir is None:
            socket_dir = _start(files, {**SERVER_OPTIONS, **(options or {})})
        _ensure_guardian(files)
    return socket_dir


def release(data: Path) -> None:
    """Let go of the server before the process ends; the last one to do so stops it."""
    held = _held.pop(data.resolve(), None)
    if held is not None:
        os.close(held)


def running_socket_dir(data: Path) -> Path | None:
    """The folder of the running server's socket; None if no server answers."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 5:
        return None
    socket_dir = Path(lines[4])
    # The file outlives a crash and its process id may belong to another process by then: ask the socket.
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PROBE_TIMEOUT_SECONDS)
        try:
            probe.connect(str(socket_dir / f".s.PGSQL.{PORT}"))
        except OSError:
            return None
    return socket_dir


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hold(files: Files) -> None:
    held = _held.get(files.data)
    if held is not None and guardian.is_same_file(held, files.users):
        return
    descriptor = os.open(files.users, os.O_RDWR | os.O_CREAT, 0o666)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _held[files.data] = descriptor


def _start(files: Files, options: Mapping[str, str]) -> Path:
    binaries.prepare_system_user(files.data)
    if not (files.data / "PG_VERSION").exists():
        _initialise(files)
    socket_dir = make_socket_dir(files.data)
    _bury_dead_server(files.data, socket_dir)
    settings = {**options, "unix_socket_directories": f'"{socket_dir}"'}
    arguments = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    log = files.data / "log"
    try:
        binaries.run("pg_ctl", "start", "-w", "-D", str(files.data), "-l", str(log), "-o", arguments)
    except EmbeddedServerError as error:
        message = f"The embedded PostgreSQL does not start; its log is {log}. {error}"
        raise EmbeddedServerError(message) from error
    _create_database(socket_dir)
    return socket_dir


def _initialise(files: Files) -> None:
    """Make the data folder beside its place and move it there: half a folder must never look like one."""
    shutil.rmtree(files.staging, ignore_errors=True)
    files.staging.mkdir()
    binaries.hand_over(files.staging)
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    binaries.run("initdb", "--auth=trust", f"--username={SUPERUSER}", *locale, "-D", str(files.staging))
    files.staging.rename(files.data)


def _bury_dead_server(data: Path, socket_dir: Path) -> None:
    """Wait until nothing of a killed server is left, then remove the files that hold its process id.

    With its last processes still there, or its process id in use again, PostgreSQL refuses to start. The
    second is usual in a container, where every start counts process ids from 1 and nobody reaps the dead. The
    caller has found that no server answers and holds the lock for starting one. Where there is no /proc,
    PostgreSQL's own judgement stands.
    """
    files = [data / "postmaster.pid", socket_dir / f".s.PGSQL.{PORT}.lock"]
    if not any(file.exists() for file in files) or not PROC.is_dir():
        return
    deadline = time.monotonic() + BURIAL_TIMEOUT_SECONDS
    while _works_in(data):
        if time.monotonic() > deadline:
            message = f"Processes of a PostgreSQL that does not answer are still at work in {data}."
            raise EmbeddedServerError(message)
        time.sleep(0.1)
    for file in files:
        file.unlink(missing_ok=True)


def _works_in(data: Path) -> bool:
    """True if a process has the data folder as its working folder, as every process of PostgreSQL has."""
    for entry in PROC.glob("[0-9]*/cwd"):
        # It may end while we look, and other users' processes are none of ours.
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            if entry.readlink() == data:
                return True
    return False


def make_socket_dir(data: Path) -> Path:
    """The data folder itself, or, where its path is too long for a socket, a folder closed to other users."""
    if len(os.fsencode(data)) <= LONGEST_SOCKET_DIR:
        return data
    digest = sha256(os.fsencode(data)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"terminfest-{binaries.owner_id()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), binaries.owner_id()):
        message = f"{folder} belongs to another user; remove it or choose a VAR_DIR with a shorter path."
        raise EmbeddedServerError(message)
    binaries.hand_over(folder)
    return folder


def _create_database(socket_dir: Path) -> None:
    with psycopg.connect(
        host=str(socket_dir), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))


def _ensure_guardian(files: Files) -> None:
    """Post a guardian if there is none: usually at the start, again if somebody killed it."""
    with files.duty.open("a") as duty:
        try:
            fcntl.flock(duty, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop = [str(binaries.bin_dir() / "pg_ctl"), "stop", "-w", "-m", "fast", "-D", str(files.data)]
        arguments = [str(duty.fileno()), str(files.users), binaries.system_user() or "", *stop]
        process = subprocess.Popen(
            [sys.executable, "-I", guardian.__file__, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # The lock goes with the open file: from here on the guardian holds it.
            pass_fds=[duty.fileno()],
            # Out of the terminal's group, so that Ctrl-C reaches the users first.
            start_new_session=True,
        )
    # It outlives this process on purpose; without this, Python warns that nobody waited for it.
    process.returncode = 0
