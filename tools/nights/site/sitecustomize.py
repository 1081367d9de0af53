"""For the processes of ``tools.nights`` only: what Debian's libfaketime 0.9.10 does not do to Python.

The wall clock is libfaketime's, many times too fast; monotonic clocks are left alone, so patience with
others is counted in real seconds. Sleeping has to be as fast as the wall clock, and libfaketime knows neither
``clock_nanosleep`` (``time.sleep``) nor ``sem_timedwait`` (``multiprocessing``) as Python uses them. But it
shortens every ``poll``, also that of sockets.
"""

import multiprocessing.synchronize
import os
import select
import socket
import time

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


time.sleep = _sleep
multiprocessing.synchronize.Event.wait = _wait  # type: ignore[method-assign]
socket.socket.settimeout = _patience  # type: ignore[method-assign]
