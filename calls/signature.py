"""The voice platform's signature (``v=<unix ms>,d=<hex>``), verified on the raw body.

``d`` is HMAC-SHA256 of body and ``v``, plainly concatenated, with an API key. Source: retell-sdk
6.2.13, ``webhook_auth``; the tests hold the SDK's own vector against it. What the signature cannot
stop is a replay within five minutes: idempotency does (invariant I7).
"""

import hashlib
import hmac
import re
from collections.abc import Iterable

HEADER = "X-Retell-Signature"
TOLERANCE_MS = 5 * 60 * 1000
_HEADER_FORM = re.compile(r"v=(\d{1,15}),d=([0-9a-f]{64})")


def sign(body: bytes, *, key: str, now_ms: int) -> str:
    """The header for ``body``; ``now_ms`` is Unix time in milliseconds."""
    return f"v={now_ms},d={_digest(body, key, str(now_ms))}"


def is_signed(body: bytes, header: str | None, *, keys: Iterable[str], now_ms: int) -> bool:
    """Whether one of ``keys`` has signed these very bytes within five minutes.

    An empty key verifies nothing (trap 9), nor does a missing or malformed header.
    """
    match = _HEADER_FORM.fullmatch(header or "")
    if match is None or abs(now_ms - int(match[1])) > TOLERANCE_MS:
        return False
    return any(hmac.compare_digest(_digest(body, key, match[1]), match[2]) for key in keys if key)


def _digest(body: bytes, key: str, timestamp: str) -> str:
    return hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
