"""The same signed request, answered in this very process: by the same views, without a network.

A page that asked its own server over the network would need a second thread while it keeps one.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve
from django.utils import timezone

from calls.signature import HEADER, sign
from calls.simulator.line import Unreachable


class InsideLine:
    def __init__(self, *, key: str) -> None:
        self.key = key

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raw = json.dumps(body).encode()
        match = resolve(path)
        response = match.func(self._request(path, raw), *match.args, **match.kwargs)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise Unreachable(f"{path}: HTTP {response.status_code}")
        response.render()
        return dict(json.loads(response.content)) if response.content else {}

    def _request(self, path: str, raw: bytes) -> WSGIRequest:
        signature = sign(raw, key=self.key, now_ms=int(timezone.now().timestamp() * 1000))
        return WSGIRequest(
            {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": path,
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(raw)),
                f"HTTP_{HEADER.upper().replace('-', '_')}": signature,
                "wsgi.input": BytesIO(raw),
                "wsgi.url_scheme": "http",
            }
        )
