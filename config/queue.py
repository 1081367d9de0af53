"""A queue that cannot stand still unnoticed: if one of its processes dies, it ends and is started again.

django-q2 replaces a worker that died. What it cannot replace are the locks of the pipes between its
processes: whoever waits for a task holds one, and takes it into death. After a kill for lack of memory a
queue could so go on for ever with a heartbeat and without doing anything (found by ``make chaos``).
"""

import logging
import os
from multiprocessing.process import BaseProcess

from django_q.cluster import Sentinel

logger = logging.getLogger(__name__)


class MortalSentinel(Sentinel):  # type: ignore[misc] # django-q2 has no types
    """Ends with status 1, and its processes with it. A task that ran comes again, as after any crash."""

    def reincarnate(self, process: BaseProcess) -> None:
        """A worker that was ended for its time or its age held no lock: that one is replaced."""
        if process.exitcode is not None and process.exitcode < 0:
            logger.critical("A process of the queue died of signal %s: the queue ends.", -process.exitcode)
            self.end()
        super().reincarnate(process)

    def end(self) -> None:
        """At once: an orderly end would wait for locks that nobody gives back."""
        for process in (*self.pool, self.monitor, self.pusher):
            process.kill()
        os._exit(1)
