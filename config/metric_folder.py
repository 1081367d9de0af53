"""Where the processes of this installation count together. Read by the settings, before anything counts."""

import os
import socket
from pathlib import Path

# prometheus_client looks for it once, when it is imported.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
LOCK = "lock"


def count_together(root: Path) -> Path | None:
    """Has every process count in files of its own in a folder of this machine below ``root``.

    Gives back ``root``; None where nothing can be written there: each process then counts for itself.
    By machine, because the files are named by process ids, which two machines or containers share.
    """
    own = root / socket.gethostname()
    os.environ.pop(VARIABLE, None)
    try:
        own.mkdir(parents=True, exist_ok=True)
        (root / LOCK).touch()
    except OSError:
        return None
    if not os.access(own, os.W_OK | os.X_OK):
        return None
    os.environ[VARIABLE] = str(own)
    return root
