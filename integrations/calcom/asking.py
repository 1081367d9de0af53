"""How a client asks: deadline, repeats, and what an answer or a silence means."""

from collections.abc import Callable, Mapping
from copy import copy
from http import HTTPStatus
from time import monotonic
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from integrations.calcom import measuring, refusals
from integrations.calcom.errors import (
    BLOCKED_SECONDS,
    CalendarError,
    RateLimited,
    Trouble,
    UnknownOutcome,
    Unreachable,
)
from integrations.calcom.refusals import Kind
from integrations.calcom.transport import Answer, Query, Silence, Transport
from integrations.calcom.types import Traffic

T = TypeVar("T")

TIMEOUT_SECONDS = (3.05, 10.0)  # connect, read
TOTAL_SECONDS = 20.0  # for one request, where nobody says less


class Asking:
    """One key at Cal.com. ``timeout`` is (connect, read) in seconds.

    A view by ``until`` belongs to one thread and remembers: ``requests_made``; ``traffic``, the rate
    limit's headers of every answer, oldest first; ``in_doubt``, whether a write is under way just now.
    """

    def __init__(self, base_url: str, key: str, *, timeout: tuple[float, float] = TIMEOUT_SECONDS) -> None:
        self.transport = Transport(base_url, key, timeout=timeout)
        self.deadline: float | None = None
        self.requests_made = 0
        self.traffic: list[Traffic] = []
        self.in_doubt = False

    def until(self, deadline: float | None) -> Self:
        """The same connections, with a deadline (``time.monotonic()``) for all that is asked by it."""
        view = copy(self)
        view.deadline = deadline
        view.requests_made = 0
        view.traffic = []
        view.in_doubt = False
        return view

    def __repr__(self) -> str:
        return f"<Client of {self.transport.base_url}>"

    def _read(self, path: str, *, version: str | None = None, query: Query | None = None) -> Any:
        return self._envelope(path, version=version, query=query).get("data")

    def _envelope(self, path: str, *, version: str | None, query: Query | None) -> Mapping[str, Any]:
        result = self._send_twice("GET", path, version=version, query=query)
        return self._success(result, kind=Kind.OTHER, writes=False)

    def _write(
        self,
        method: str,
        path: str,
        *,
        version: str | None = None,
        body: Any = None,
        kind: Kind = Kind.OTHER,
        repeatable: bool = False,
    ) -> Any:
        send = self._send_twice if repeatable else self._send
        self.in_doubt = True
        result = send(method, path, version=version, body=body)
        self.in_doubt = False
        return self._success(result, kind=kind, writes=True).get("data")

    def _send(
        self,
        method: str,
        path: str,
        *,
        version: str | None,
        query: Query | None = None,
        body: Any = None,
    ) -> Answer | Silence:
        self.requests_made += 1
        begun = monotonic()
        latest = begun + TOTAL_SECONDS
        deadline = latest if self.deadline is None else min(self.deadline, latest)
        result = self.transport.send(method, path, version=version, query=query, body=body, deadline=deadline)
        measuring.note(method, path, result, monotonic() - begun)
        if isinstance(result, Answer):
            self.traffic.append(result.traffic)
        return result

    def _send_twice(self, method: str, path: str, **how: Any) -> Answer | Silence:
        """What may be repeated is, after a broken connection: a time-out would only be waited for again."""
        first = self._send(method, path, **how)
        if isinstance(first, Silence) and first.trouble is Trouble.NO_CONNECTION:
            return self._send(method, path, **how)
        return first

    def _success(self, result: Answer | Silence, *, kind: Kind, writes: bool) -> Mapping[str, Any]:
        """The envelope of a success. Everything else raises."""
        if isinstance(result, Silence):
            raise _silent(result, writes=writes)
        if result.traffic.refused:
            seconds = result.traffic.reset_seconds
            raise RateLimited(BLOCKED_SECONDS if seconds is None else seconds)
        if result.status == HTTPStatus.NO_CONTENT:
            return {}
        is_envelope = isinstance(result.body, Mapping) and result.body.get("status") == "success"
        if 200 <= result.status < 300 and is_envelope:
            envelope: Mapping[str, Any] = result.body
            return envelope
        refusal = refusals.read(result.status, result.body) if result.status >= 400 else None
        definite = refusals.as_error(refusal, kind=kind) if refusal else None
        if definite:
            raise definite
        # A redirect, a page of some proxy, a 5xx: it may have happened.
        trouble = Trouble.SERVER_ERROR if result.status >= 500 else Trouble.UNREADABLE
        raise _silent(Silence(trouble, sent=True), writes=writes)


def _silent(silence: Silence, *, writes: bool) -> CalendarError:
    return UnknownOutcome(silence.trouble) if writes and silence.sent else Unreachable(silence.trouble)


def parsed(parse: Callable[[], T]) -> T:
    """What was read. Raises Unreachable if it has not the shape that we need."""
    value = _attempt(parse)
    if isinstance(value, _Unfit):
        raise Unreachable(Trouble.UNREADABLE)
    return value


def outcome(parse: Callable[[], T]) -> T:
    """What a write answered. Raises UnknownOutcome if it cannot be read: it may well have happened."""
    value = _attempt(parse)
    if isinstance(value, _Unfit):
        raise UnknownOutcome(Trouble.UNREADABLE)
    return value


class _Unfit:
    pass


def _attempt(parse: Callable[[], T]) -> T | _Unfit:
    """Errors of parsing quote what they parsed, so they are not chained to ours either."""
    try:
        return parse()
    except (ValidationError, LookupError, TypeError, AttributeError, ValueError, OverflowError):
        return _Unfit()
