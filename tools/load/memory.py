"""Memory of a unit with all its processes, shared pages counted once."""

from contextlib import suppress

import psutil

from tools.stage.system import System

MEGABYTE = 1024 * 1024
POSTGRES = "PostgreSQL"


def megabytes(system: System) -> dict[str, float]:
    """Proportional set size, by unit."""
    pids = {name: system.units.pid(name) for name in system.units.children}
    pids[POSTGRES] = system.postgres.pid
    return {name: _of_tree(pid) for name, pid in pids.items()}


def processes(system: System) -> dict[str, int]:
    pids = {name: system.units.pid(name) for name in system.units.children}
    pids[POSTGRES] = system.postgres.pid
    return {name: len(_tree(pid)) for name, pid in pids.items()}


def _of_tree(pid: int) -> float:
    total = 0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += process.memory_full_info().pss
    return total / MEGABYTE


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    return []
