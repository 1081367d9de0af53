"""One request to Cal.com and its answer, bounded in time and size. The only module that imports requests."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from threading import local
from time import monotonic, time
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from integrations.calcom.cutting import Guard, GuardedAdapter, TooLate
from integrations.calcom.errors import BLOCKED_SECONDS, Trouble
from integrations.calcom.types import Traffic

MAX_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
# A nonsense header must not silence us for long.
MAX_RESET_SECONDS = 300.0
UNIX_TIME = 1_000_000_000

Query = Mapping[str, str | int]


@dataclass(frozen=True)
class Answer:
    """What came back. ``body`` is None where it was no JSON."""

    status: int
    body: Any
    traffic: Traffic


@dataclass(frozen=True)
class Silence:
    """Nothing usable came back. ``sent``: Cal.com may have read the request."""

    trouble: Trouble
    sent: bool


class _Key(AuthBase):
    """Set as ``auth``, so that no netrc file replaces it. Says nothing about itself."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request

    def __repr__(self) -> str:
        return "<key>"


class Transport:
    """Keeps connections alive; for any number of threads, each of which has its own session."""

    def __init__(self, base_url: str, key: str, *, timeout: tuple[float, float]) -> None:
        self.base_url = base_url.rstrip("/")
        self._auth = _Key(key)
        self._timeout = timeout
        self._adapter = GuardedAdapter()
        self._thread = local()

    def __repr__(self) -> str:
        return f"<Transport to {self.base_url}>"

    def send(
        self,
        method: str,
        path: str,
        *,
        version: str | None,
        query: Query | None,
        body: Any,
        deadline: float,
    ) -> Answer | Silence:
        """Ends by ``deadline`` (``time.monotonic()``). Raises nothing: requests' errors show addresses."""
        remaining = deadline - monotonic()
        if remaining <= 0:
            return Silence(Trouble.DEADLINE, sent=False)
        connect, read = self._timeout
        with Guard(deadline) as guard:
            try:
                response = self._session().request(
                    method,
                    f"{self.base_url}{path}",
                    params=query,
                    json=body,
                    headers={"cal-api-version": version} if version else None,
                    timeout=(min(connect, remaining), min(read, remaining)),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    return _answer(response, guard)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                trouble = _trouble(error, guard)
            return Silence(trouble, sent=guard.sent)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._thread, "session", None)
        if session is None:
            session = requests.Session()
            session.auth = self._auth
            # Uncompressed: what is counted against the limit is what arrives.
            session.headers.update({"Accept": "application/json", "Accept-Encoding": "identity"})
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.mount("http://", self._adapter)
            session.mount("https://", self._adapter)
            self._thread.session = session
        return session


def _answer(response: requests.Response, guard: Guard) -> Answer | Silence:
    content = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > MAX_BYTES:
            return Silence(Trouble.UNREADABLE, sent=True)
    if guard.is_over:  # a body without a length ends where we cut it
        return Silence(Trouble.TIMEOUT, sent=True)
    body: Any = None
    with suppress(ValueError, RecursionError):
        body = json.loads(content)
    return Answer(response.status_code, body, _traffic(response))


def _trouble(error: Exception, guard: Guard) -> Trouble:
    late = guard.is_over or monotonic() >= guard.deadline
    if late or isinstance(error, (TooLate, requests.Timeout)):
        return Trouble.TIMEOUT
    return Trouble.NO_CONNECTION


def _traffic(response: requests.Response) -> Traffic:
    headers = response.headers
    refused = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    reset = _seconds(headers.get("X-RateLimit-Reset-Default"))
    if refused:
        # Whichever limiter it was: some have other names than the default one.
        named = [_seconds(value) for name, value in headers.items() if _is_reset(name)]
        known = [seconds for seconds in named if seconds is not None]
        reset = max(known, default=BLOCKED_SECONDS)
    return Traffic(
        limit=_whole(headers.get("X-RateLimit-Limit-Default")),
        remaining=_whole(headers.get("X-RateLimit-Remaining-Default")),
        reset_seconds=reset,
        refused=refused,
    )


def _is_reset(name: str) -> bool:
    return name.lower().startswith("x-ratelimit-reset") or name.lower() == "retry-after"


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() else None


def _seconds(value: str | None) -> float | None:
    """Seconds left, as recorded; the vendor's manual says a Unix time, which would be far larger."""
    number = _whole(value)
    if number is None:
        return None
    left = number - time() if number > UNIX_TIME else float(number)
    return min(max(left, 0.0), MAX_RESET_SECONDS)
