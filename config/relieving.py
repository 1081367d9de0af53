"""A reload that nobody hears: a web process goes when the one after it can answer.

gunicorn by itself ends the former processes as soon as the new ones are forked, and these take seconds to
load the program; callers would wait for so long. Here both are there meanwhile, and each new one, its heir,
has the oldest one end once it is loaded. That it is loaded stands in memory that both share: a signal only
says that it is time to look, for two that come at once are one.
"""

import os
import signal
from mmap import mmap
from typing import Any


def begin(arbiter: Any) -> None:
    """Gunicorn's ``on_reload``: as many as it is about to fork are heirs."""
    arbiter.awaited = arbiter.cfg.workers


def appoint(arbiter: Any, worker: Any) -> None:
    """``pre_fork``. One that takes the place of a dead one is no heir: for it nobody has to go."""
    worker.loaded = None
    if getattr(arbiter, "awaited", 0):
        arbiter.awaited -= 1
        worker.loaded = mmap(-1, 1)
        arbiter.heirs = [*getattr(arbiter, "heirs", ()), worker]
    count(arbiter)


def relieve(worker: Any) -> None:
    """``post_worker_init``, in the process itself."""
    if worker.loaded is not None:
        worker.loaded[0] = 1
        os.kill(worker.ppid, signal.SIGTTOU)


def count(arbiter: Any, _now: object = None, _before: object = None) -> None:
    """``nworkers_changed``, as by that signal: so many as there should be, and one for each heir that loads.

    The signal asks for one fewer each time, which two heirs at once would make one too few.
    """
    if not hasattr(arbiter, "heirs"):
        return
    arbiter.heirs = [heir for heir in arbiter.heirs if not heir.loaded[0] and _is_there(arbiter, heir)]
    wanted = arbiter.cfg.workers + len(arbiter.heirs)
    if arbiter.num_workers != wanted:
        arbiter.num_workers = wanted


def _is_there(arbiter: Any, worker: Any) -> bool:
    """Gunicorn gives it a number when it is forked."""
    return not isinstance(worker.pid, int) or worker.pid in arbiter.WORKERS
