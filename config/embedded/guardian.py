"""Stop the embedded PostgreSQL when nobody uses it any more.

Every process that uses the server holds a shared lock on one file. The kernel drops it when the process
ends, however it ends, so no list of process ids can go stale. This script waits for the exclusive lock, which
it gets when the last user is gone, and holds it while the server stops: whoever comes meanwhile waits and
then starts the server afresh.

Only the standard library is imported: the guardian lives as long as the server and should stay small.
"""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

STOP_TIMEOUT_SECONDS = 90


def is_same_file(descriptor: int, path: Path) -> bool:
    """False when the data folder was removed and made anew: the server there is then another guardian's."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def guard(duty: int, users_file: Path, system_user: str | None, stop_command: list[str]) -> None:
    """Wait for the last user of the server to end, then stop it.

    ``duty`` is the descriptor of the lock that says there is a guardian; who started us has locked it.
    """
    with users_file.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        if is_same_file(users.fileno(), users_file):
            subprocess.run(
                stop_command,
                user=system_user,
                group=system_user,
                extra_groups=[] if system_user else None,
                check=False,
                timeout=STOP_TIMEOUT_SECONDS,
            )
        # Before the users' lock goes: whoever gets that one next looks whether there is a guardian.
        os.close(duty)


def main() -> None:
    """Arguments: duty lock, users file, system user or an empty string, the command that stops the server."""
    # What ends the users (Ctrl-C, a closed terminal, a shutdown) must not end the guardian before them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    duty, users, system_user, *stop_command = sys.argv[1:]
    guard(int(duty), Path(users), system_user or None, stop_command)


if __name__ == "__main__":
    main()
