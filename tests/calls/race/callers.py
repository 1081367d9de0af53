"""Callers who all dial at the same instant."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import requests
from django.conf import settings

from calls.signature import sign
from tests.calls.phone import URL, Phone

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """To one question. ``sent`` and ``received`` in seconds of the same monotonic clock."""

    status_code: int
    reply: dict[str, Any]
    sent: float
    received: float

    @property
    def status(self) -> str:
        return str(self.reply.get("status", self.status_code))


def rush(url: str, number: str, wishes: Sequence[dict[str, str]]) -> list[tuple[Answer, Answer]]:
    """One caller for each wish. All ask at once whether it is free, and book whatever they heard."""
    start = Barrier(len(wishes))

    def call(caller: int) -> tuple[Answer, Answer]:
        phone = Phone(number, f"+491500{caller:07d}")
        with requests.Session() as session:
            start.wait(timeout=TIMEOUT_SECONDS)
            wish = wishes[caller]
            return (
                _ask(session, url, phone.message("check_availability", wish)),
                _ask(session, url, phone.message("start_booking", {**wish, "name": "Anna Sommer"})),
            )

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(call, range(len(wishes))))


def _ask(session: requests.Session, url: str, message: dict[str, Any]) -> Answer:
    raw = json.dumps(message).encode()
    signature = sign(raw, key=settings.RETELL_API_KEYS[0], now_ms=int(time.time() * 1000))
    headers = {"Content-Type": "application/json", "X-Retell-Signature": signature}
    sent = time.monotonic()
    response = session.post(f"{url}{URL}", data=raw, headers=headers, timeout=TIMEOUT_SECONDS)
    received = time.monotonic()
    reply = response.json() if response.ok else {}
    return Answer(response.status_code, reply, sent, received)
