"""For the processes of ``tools.nights`` only: what Debian's libfaketime 0.9.10 does not do to Python.

The wall clock is libfaketime's, many times too fast; monotonic clocks are left alone, so patience with
others is counted in real seconds. Sleeping has to be as fast as the wall clock, and libfaketime knows neither
``clock_nanosleep`` (``time.sleep``) nor ``sem_clockwait`` (``multiprocessing``) as Python uses them. But it
shortens every ``poll``, also that of sockets.
"""

import multiprocessing.synchronize
import os
import select
import socket
import time
from pathlib import Path

SPEED = float(os.environ.get("NIGHTS_SPEED", "1"))
_settimeout = socket.socket.settimeout


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


def _wait(event: multiprocessing.synchronize.Event, timeout: float | None = None) -> bool:
    until = time.monotonic() + (timeout or 0) / SPEED
    while not event.is_set() and (timeout is None or time.monotonic() < until):
        _sleep(min(timeout or 1, 1))
    return event.is_set()


def _patience(sock: socket.socket, seconds: float | None) -> None:
    _settimeout(sock, seconds * SPEED if seconds else seconds)


def _agree(epoch: float) -> None:
    """Libfaketime counts from the start of this process, some time after its clock was written."""
    path = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
    offset = float(path.read_text().split()[0])
    late = epoch + time.monotonic() * SPEED - time.time()
    fresh = path.with_suffix(".right")
    fresh.write_text(f"{offset + late:+.3f} x{SPEED:g}\n")
    fresh.replace(path)


time.sleep = _sleep  # type: ignore[assignment]
multiprocessing.synchronize.Event.wait = _wait  # type: ignore[assignment, method-assign]
socket.socket.settimeout = _patience  # type: ignore[assignment, method-assign]
# Not its children's, which have its clock.
if epoch := os.environ.pop("NIGHTS_EPOCH", ""):
    _agree(float(epoch))
