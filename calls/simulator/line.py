"""The wire between simulator and server: a signed request, and what is answered."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import requests

from calls.signature import HEADER, sign

TIMEOUT_SECONDS = 30


class Unreachable(Exception):
    """The server does not answer as a voice function should."""


class Line(Protocol):
    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON answer, empty where there is none. Raises ``Unreachable``."""


class HttpLine:
    """To a running server at ``url``."""

    def __init__(self, url: str, *, key: str, now: Callable[[], datetime]) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.now = now
        self.session = requests.Session()

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raw = json.dumps(body).encode()
        signature = sign(raw, key=self.key, now_ms=int(self.now().timestamp() * 1000))
        headers = {"Content-Type": "application/json", HEADER: signature}
        try:
            response = self.session.post(
                f"{self.url}{path}", data=raw, headers=headers, timeout=TIMEOUT_SECONDS
            )
            response.raise_for_status()
            return dict(response.json()) if response.content else {}
        except requests.RequestException as error:
            raise Unreachable(f"{self.url}: {error}") from error

    def close(self) -> None:
        self.session.close()
