"""How another system speaks to the API."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

BASE = "/api/v1"


class Api:
    """Sends JSON with a key. ``headers``: further ones, for all requests."""

    def __init__(self, key: str | None = None, **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {**({"authorization": f"Bearer {key}"} if key else {}), **headers}

    def get(self, path: str, /, **query: Any) -> HttpResponse:
        return self.client.get(f"{BASE}{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, /, **headers: str) -> HttpResponse:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any = None, /, **headers: str) -> HttpResponse:
        return self._send("patch", path, body, headers)

    def send(self, method: str, path: str, **kwargs: Any) -> HttpResponse:
        """Anything else, with the body as it stands."""
        return getattr(self.client, method)(f"{BASE}{path}", headers=self.headers, **kwargs)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        return getattr(self.client, method)(
            f"{BASE}{path}",
            json.dumps({} if body is None else body),
            content_type="application/json",
            headers={**self.headers, **headers},
        )


def problem(response: HttpResponse) -> tuple[int, str, dict[str, list[str]]]:
    """Status, code, and the codes at each field. Every error has the same three keys, and a sentence."""
    body = response.json()
    assert {"code", "message", "fields"} <= set(body), body
    assert body["message"]
    fields = {name: [each["code"] for each in found] for name, found in body["fields"].items()}
    return response.status_code, body["code"], fields
