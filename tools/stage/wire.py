"""HTTP as other systems speak it to us: with patience that ends, and errors that say what is not known."""

import threading
from dataclasses import dataclass
from typing import Any

import requests

BUSY = "busy"


class NoAnswer(Exception):
    """What became of the request nobody can say; ``str()``: how it ended."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


class Wire:
    """``patience``: seconds for an answer. A session for each thread."""

    def __init__(self, url: str, *, patience: float, connecting: float = 2.0) -> None:
        self.url = url
        self.timeout = (connecting, patience)
        self._local = threading.local()

    @property
    def session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session

    def send(self, method: str, path: str, **facts: Any) -> Answer:
        """Raises ``NoAnswer``, also for a 5xx that does not say that nothing was done."""
        try:
            response = self.session.request(
                method, f"{self.url}{path}", timeout=self.timeout, allow_redirects=False, **facts
            )
        except requests.RequestException as error:
            raise NoAnswer(_kind(error)) from error
        try:
            body = response.json() if response.content else None
        except ValueError:
            body = None
        is_busy = isinstance(body, dict) and body.get("code") == BUSY
        if response.status_code >= 500 and not is_busy:
            raise NoAnswer(f"HTTP {response.status_code}")
        return Answer(response.status_code, body)


def _kind(error: requests.RequestException) -> str:
    if isinstance(error, requests.ConnectTimeout):
        return "no connection"
    if isinstance(error, requests.Timeout):
        return "timeout"
    return "refused" if "refused" in str(error) else "cut"
