"""A request that ends when it has to, whatever the server does.

A time-out of ``requests`` is for one wait on the socket: a server that sends a byte a second is never late.
So each request has a guard. It knows whether anything was sent, refuses to send when the time is over, and
shuts the socket down at the deadline, which ends any wait on it.
"""

import socket
from contextlib import suppress
from threading import Lock, Timer, local
from time import monotonic
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECTIONS = 10  # kept alive for the threads of one process


class TooLate(OSError):
    """The deadline passed before anything was sent."""


class Guard:
    """Of one request in one thread. ``deadline`` is a value of ``time.monotonic()``."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.sent = False
        self.is_over = False
        self._socket: socket.socket | None = None
        self._lock = Lock()
        self._timer = Timer(max(0.0, deadline - monotonic()), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _current.guard = self
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None  # it goes back to the pool, where another request may have it
        _current.guard = None

    def sending(self, sock: socket.socket) -> None:
        """Raises TooLate instead of letting the first byte go after the deadline."""
        with self._lock:
            if self.is_over or monotonic() >= self.deadline:
                raise TooLate
            self.sent = True
            self._socket = sock

    def _cut(self) -> None:
        with self._lock:
            self.is_over = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)


class _Current(local):
    guard: Guard | None = None


_current = _Current()


class _Guarded:
    """Mixed into urllib3's connections: ``send`` is where the first byte leaves."""

    sock: socket.socket | None

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        if _current.guard is not None and self.sock is not None:
            _current.guard.sending(self.sock)
        super().send(data)  # type: ignore[misc]


class _GuardedHTTP(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPS(_Guarded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class GuardedAdapter(HTTPAdapter):
    """Its pools may be used by several threads at once; a ``Session`` may not."""

    def __init__(self) -> None:
        super().__init__(pool_connections=2, pool_maxsize=CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager
