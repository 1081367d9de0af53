"""Programs that run together: when one ends, all end, and none is left behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 20
POLL_SECONDS = 0.2


class ChildEndedError(Exception):
    """One of the programs ended by itself; the text says which."""


class Supervisor:
    """Starts programs, waits for a signal, stops them."""

    def __init__(self, log: IO[bytes]) -> None:
        self.log = log
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = threading.Event()
        self._handlers = {number: signal.signal(number, self._stop) for number in SIGNALS}

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def start(self, name: str, command: list[str]) -> None:
        """In a process group of its own: Ctrl-C reaches us only, and we end the rest in order."""
        self.children[name] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """True when the condition holds, False when a signal came first. Raises ChildEndedError."""
        while not self.stopping.is_set():
            self._look_after_children()
            if condition():
                return True
            self.stopping.wait(POLL_SECONDS)
        return False

    def _look_after_children(self) -> None:
        for name, child in self.children.items():
            if child.poll() is not None:
                message = f"The {name} ended with status {child.returncode}."
                raise ChildEndedError(message)

    def stop_all(self) -> None:
        """Ask the programs to end, then end what is left of their groups."""
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)


@contextmanager
def supervised(log_file: Path) -> Iterator[Supervisor]:
    """Everything started inside has ended afterwards."""
    with log_file.open("ab") as log:
        supervisor = Supervisor(log)
        try:
            yield supervisor
        finally:
            supervisor.stop_all()
