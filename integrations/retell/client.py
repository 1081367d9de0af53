"""Calling Retell. The only module that speaks HTTP to it; whoever calls it says what happened."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings

from integrations.transactions import insist_on_no_transaction

# Seconds to connect and to answer: the caller is on the line while we tell the agent something.
TIMEOUT = (2.0, 4.0)
# Nobody waits for a list, and a call with its transcript may be long.
PATIENT_TIMEOUT = (5.0, 30.0)
PAGE = 200
# A list that never ends is one that is read wrongly.
MOST_PAGES = 500
# As ``RETELL_API_URL``: there is no Retell, as in the demo.
NOWHERE = "none"


class RetellError(Exception):
    """Retell did not do it. ``str()`` is a word or a status; never a body, which may name people."""


class NoSuchCall(RetellError):
    """Retell does not know this call."""


def is_reachable() -> bool:
    """Whether there is an address and a key to ask with."""
    return bool(settings.RETELL_API_KEYS) and settings.RETELL_API_URL != NOWHERE


def add_context(call_id: str, text: str) -> None:
    """Lets the agent of a running call know ``text`` before it speaks next; nobody is interrupted.

    ``PATCH /v2/update-live-call/{call_id}``, ``call_control.additional_context`` (retell-sdk 6.2.13,
    ``call.update_live``). Raises ``RetellError``, also if the call has ended.
    """
    path = f"/v2/update-live-call/{quote(call_id, safe='')}"
    _ask("PATCH", path, {"call_control": {"additional_context": text}}, timeout=TIMEOUT)


def get_call(call_id: str) -> Mapping[str, Any]:
    """The call as Retell has it, with its transcript: ``GET /v2/get-call/{call_id}``.

    Never inside a transaction. Raises ``NoSuchCall`` or another ``RetellError``.
    """
    insist_on_no_transaction("Retell")
    answer = _ask("GET", f"/v2/get-call/{quote(call_id, safe='')}", timeout=PATIENT_TIMEOUT)
    return _object(answer)


def list_calls(*, ended_since: datetime) -> Iterator[Mapping[str, Any]]:
    """The calls that have ended since then, the earliest first, without transcripts.

    ``POST /v3/list-calls``, page by page until ``has_more`` is false (``CallListResponse``). Never
    inside a transaction. Raises ``RetellError``, perhaps after some have been given.
    """
    insist_on_no_transaction("Retell")
    since = {"type": "number", "op": "ge", "value": int(ended_since.timestamp() * 1000)}
    wanted = {"filter_criteria": {"end_timestamp": since}, "sort_order": "ascending", "limit": PAGE}
    key = None
    for _page in range(MOST_PAGES):
        body = wanted if key is None else {**wanted, "pagination_key": key}
        page = _object(_ask("POST", "/v3/list-calls", body, timeout=PATIENT_TIMEOUT))
        items = page.get("items")
        if not isinstance(items, list):
            raise RetellError("no list")
        yield from (each for each in items if isinstance(each, dict))
        if page.get("has_more") is not True:
            return
        before, key = key, page.get("pagination_key")
        if not isinstance(key, str) or key in {"", before}:
            raise RetellError("no next page")
    raise RetellError("too many pages")


def _ask(method: str, path: str, body: object = None, *, timeout: tuple[float, float]) -> requests.Response:
    """The answer, a 2xx."""
    key = _key()
    try:
        response = requests.request(
            method,
            f"{settings.RETELL_API_URL.rstrip('/')}{path}",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise RetellError(type(error).__name__) from None  # its text may contain the request
    if response.status_code == requests.codes.not_found:
        raise NoSuchCall("HTTP 404")
    if response.status_code // 100 != 2:
        raise RetellError(f"HTTP {response.status_code}")
    return response


def _object(response: requests.Response) -> Mapping[str, Any]:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        raise RetellError("no JSON") from None
    if not isinstance(answer, dict):
        raise RetellError("no object")
    return answer


def _key() -> str:
    if not is_reachable():
        raise RetellError("no key" if settings.RETELL_API_URL != NOWHERE else "no address")
    return str(settings.RETELL_API_KEYS[0])
