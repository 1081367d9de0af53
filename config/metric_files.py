"""Counters of several processes: a file for each process and type, and one for all that have ended.

Nothing is wiped when a server starts: web server and worker share the folder and start at different
times, and to Prometheus a sum that falls by a part looks as if it had risen by all the rest.
"""

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.metric_folder import LOCK, VARIABLE

logger = logging.getLogger(__name__)

NOBODY = 0  # no process has this id


class TogetherCounted(Collector):
    """The sums over all processes, those that have ended too."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def collect(self) -> Iterable[Metric]:
        with _locked(self.root, fcntl.LOCK_SH):
            # One that was made this very moment has nothing in it yet.
            files = [str(file) for file in self.root.glob("*/*.db") if file.stat().st_size]
            metrics: Iterable[Metric] = MultiProcessCollector.merge(files)
            return metrics


def fold(**_signal: Any) -> None:
    """Adds what processes that have ended have counted to one file. Called by each process that begins:
    a worker is replaced sooner or later, so the files stay few.
    """
    if settings.METRICS_DIR is None:
        return
    try:
        with _locked(settings.METRICS_DIR, fcntl.LOCK_EX):
            for file in Path(os.environ[VARIABLE]).glob("*_*.db"):
                kind, _underscore, process = file.stem.rpartition("_")
                if int(process) != NOBODY and not _is_alive(int(process)):
                    _add(file, file.with_name(f"{kind}_{NOBODY}.db"))
                    file.unlink()
    except OSError:
        # Somebody else's files, for instance root's. They go on counting where they are.
        logger.warning("Metrics of ended processes cannot be put together.", exc_info=True)


def _add(file: Path, total: Path) -> None:
    """A file that a power cut has left unreadable adds nothing."""
    try:
        values = [(key, value) for key, value, *_rest in MmapedDict.read_all_values_from_file(str(file))]
    except Exception:  # noqa: BLE001 - the library raises whatever unpacking raises
        logger.warning("The metrics in %s are unreadable.", file.name)
        return
    sums = MmapedDict(str(total))
    try:
        for key, value in values:
            before, _timestamp = sums.read_value(key)
            sums.write_value(key, before + value, 0.0)
    finally:
        sums.close()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _locked(root: Path, kind: int) -> Iterator[None]:
    """Nobody reads while a file's values are in two places."""
    with (root / LOCK).open("a") as file:
        fcntl.flock(file, kind)
        yield
