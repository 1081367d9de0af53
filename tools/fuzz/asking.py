"""Sends what schemathesis has made, as the platform or another system would, and looks at the answer."""

import json
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import jsonschema
from django.conf import settings
from django.test import Client
from django.utils import timezone

from calls.json_values import word
from calls.signature import sign


@dataclass
class Tally:
    """``wrong``: what was asked and what is wrong with the answer; nothing of it may be there in the end."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_ms: float = 0.0
    slowest: str = ""

    @property
    def requests(self) -> int:
        return self.statuses.total()

    def note(self, what: str, status: int, milliseconds: float) -> None:
        self.statuses[str(status)] += 1
        if milliseconds > self.slowest_ms:
            self.slowest_ms, self.slowest = milliseconds, what


def ask_phone(case: Any, document: dict[str, Any], tally: Tally) -> None:
    """Signed, on the raw bytes, whatever they are."""
    body = case.body
    raw = (
        body
        if isinstance(body, bytes)
        else json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")
    )
    signature = sign(raw, key=settings.RETELL_API_KEYS[0], now_ms=int(timezone.now().timestamp() * 1000))
    began = perf_counter()
    response = Client(raise_request_exception=False).post(
        case.path, raw, content_type="application/json", headers={"X-Retell-Signature": signature}
    )
    tally.note(f"POST {case.path}", response.status_code, (perf_counter() - began) * 1000)
    documented = document["paths"][case.path]["post"]["responses"]
    problem = _problem(response, documented.get(str(response.status_code)), has_call=_has_call(body))
    if problem:
        tally.wrong.append(f"POST {case.path} {raw.decode(errors='replace')[:2000]}: {problem}")


def _problem(response: Any, documented: dict[str, Any] | None, *, has_call: bool) -> str:
    """``has_call``: without an identity of the call what needs one answers an error, as it should."""
    if documented is None:
        return f"status {response.status_code}"
    schema = documented.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return ""
    reply = response.json()
    try:
        jsonschema.validate(reply, schema)
    except jsonschema.ValidationError as error:
        return error.message[:300]
    return "an error that nobody has foreseen" if reply.get("status") == "error" and has_call else ""


def _has_call(body: Any) -> bool:
    call = body.get("call") if isinstance(body, dict) else None
    return isinstance(call, dict) and bool(word(call.get("call_id")))


def ask_api(case: Any, key: str, tally: Tally) -> None:
    headers = {"authorization": f"Bearer {key}"}
    began = perf_counter()
    response = case.call(headers=headers)
    what = f"{case.method} {case.path}"
    tally.note(what, response.status_code, (perf_counter() - began) * 1000)
    if response.status_code >= 500 and response.status_code != 503:
        tally.wrong.append(f"{what} {case.query} {case.body}: status {response.status_code}")
