"""Cal.com's signature: lower-case hex of HMAC-SHA256 over the raw body (``calcom.md`` §4).

It names no instant, so it stays good for ever: what is delivered again is known by its key instead.
"""

import hashlib
import hmac
import re

HEADER = "X-Cal-Signature-256"
# What Cal.com sends in place of a signature where a webhook has no secret. Nobody's secret therefore.
NO_SECRET = "no-secret-provided"  # noqa: S105
_HEADER_FORM = re.compile(r"[0-9a-f]{64}")


def sign(body: bytes, *, secret: str) -> str:
    """The header for ``body``."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str | None, *, secret: str) -> bool:
    """Whether whoever knows ``secret`` has signed these very bytes; without a secret nobody has."""
    if secret in {"", NO_SECRET} or _HEADER_FORM.fullmatch(header or "") is None:
        return False
    return hmac.compare_digest(sign(body, secret=secret), header or "")
