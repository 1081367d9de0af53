"""Programs as systemd runs them (``deploy/systemd``): the group is killed, then started again."""

import os
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from typing import IO

from config.demo.processes import Supervisor

RESTART_SECONDS = 2.0
# systemd's own is 90; nobody here needs so long.
STOP_SECONDS = 20.0


class Units(Supervisor):
    """``start`` names a unit for good: whatever ends by itself is started again, what ``stop`` ended is
    not. ``restarts``: how often, by name.
    """

    def __init__(self, log: IO[bytes]) -> None:
        super().__init__(log)
        self.commands: dict[str, list[str]] = {}
        self.restarts: Counter[str] = Counter()
        self._due: dict[str, float] = {}

    def start(self, name: str, command: list[str] | None = None) -> None:
        self.commands[name] = command or self.commands[name]
        self._due.pop(name, None)
        super().start(name, self.commands[name])

    def stop(self, name: str) -> None:
        """``systemctl stop``."""
        child = self.children.pop(name)
        self._due.pop(name, None)
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
        _end_group(child)

    def pid(self, name: str) -> int:
        return self.children[name].pid

    def _look_after_children(self) -> None:
        """Instead of ending with the first that ends."""
        now = time.monotonic()
        for name, child in list(self.children.items()):
            if child.poll() is None:
                continue
            if name not in self._due:
                _end_group(child)  # what the unit has left behind goes before it comes back
                self._due[name] = now + RESTART_SECONDS
            elif now >= self._due[name]:
                self.restarts[name] += 1
                self.start(name)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Stopped ones too: they get the signal that cannot be held up."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
