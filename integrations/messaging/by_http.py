"""An SMS to the address of a provider, in the provider's own words."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from time import monotonic
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from integrations.calcom.cutting import Guard, GuardedAdapter
from integrations.messaging.answers import NotTaken, PerhapsTaken
from integrations.messaging.digging import dig
from integrations.models import Shape, SmsGateway
from integrations.outside import only_outside
from integrations.placeholders import fill

# Shorter than a claim (``sending.CLAIM``) with all its steps.
TOTAL_SECONDS, CONNECT_SECONDS, READ_SECONDS = 30.0, 5.0, 20.0
MAX_BYTES, CHUNK_BYTES = 64 * 1024, 8 * 1024
# About this message. Anything else of 4xx is about the gateway or our account there, and may pass.
FOREVER = frozenset({400, 410, 413, 414, 422})


class _Key(AuthBase):
    """Set as ``auth``, so that no netrc file replaces it. Says nothing about itself."""

    def __init__(self, header: str, key: str) -> None:
        self._header, self._key = header, key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._header and self._key:
            request.headers[self._header] = self._key.encode()  # type: ignore[assignment] # requests takes both
        return request

    def __repr__(self) -> str:
        return "<key>"


def send(gateway: SmsGateway, facts: Mapping[str, str], *, before: Callable[[], None]) -> str:
    """The gateway's own number of it, where its answer has one. Raises ``NotTaken`` or ``PerhapsTaken``."""
    key = gateway.secret
    fields = _filled(json.loads(gateway.body), {**facts, "key": key})
    before()
    with only_outside() as watch, Guard(monotonic() + TOTAL_SECONDS) as guard:
        try:
            status, body = _ask(gateway, fields, _Key(gateway.key_header, key))
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            reason = "address inside" if watch.refused else type(error).__name__
            if guard.sent:
                raise PerhapsTaken(reason) from error
            raise NotTaken(reason, forever=watch.refused) from error
    return _read(gateway, status, body)


def _ask(gateway: SmsGateway, fields: Any, auth: _Key) -> tuple[int, Any]:
    with requests.Session() as session:
        session.mount("http://", adapter := GuardedAdapter())
        session.mount("https://", adapter)
        response = session.request(
            "GET" if gateway.shape == Shape.QUERY else "POST",
            gateway.url,
            params=fields if gateway.shape == Shape.QUERY else None,
            data=fields if gateway.shape == Shape.FORM else None,
            json=fields if gateway.shape == Shape.JSON else None,
            auth=auth,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        )
        with response:
            return response.status_code, _body(response)


def _body(response: requests.Response) -> Any:
    """None for what is no JSON, or too long to be an answer."""
    content = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > MAX_BYTES:
            return None
    with suppress(ValueError, RecursionError):
        return json.loads(content)
    return None


def _read(gateway: SmsGateway, status: int, body: Any) -> str:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        number = dig(body, gateway.id_field) if gateway.id_field else ""
        if gateway.id_field and not number:
            # Some say in the body that they did not take it.
            raise PerhapsTaken("no number in the answer")
        return number
    reason = f"HTTP {status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE:
        raise PerhapsTaken(reason)
    raise NotTaken(reason, forever=status in FOREVER)


def _filled(value: Any, facts: Mapping[str, str]) -> Any:
    """Only texts are filled, after JSON was read: no text can become a field."""
    if isinstance(value, str):
        return fill(value, facts)
    if isinstance(value, dict):
        return {name: _filled(each, facts) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, facts) for each in value]
    return value
