"""The rate limit and the headers in which it is told."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.errors import ThrottledError

WINDOW = timedelta(seconds=60)
# What the headers name while the sandbox limits nothing.
USUAL_LIMIT = 120


@dataclass(slots=True)
class _Window:
    began: datetime
    count: int = 0
    blocked_until: datetime | None = None


class Limiter:
    """Counts per key, or per address without one. Whoever asks too often is blocked for a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}

    def count(self, who: str, now: datetime, limit: int | None) -> "Tally":
        """One request more. ``limit`` ``None`` counts nothing."""
        if limit is None:
            return Tally(USUAL_LIMIT, USUAL_LIMIT - 1, int(WINDOW.total_seconds()))
        with self._lock:
            window = self._windows.get(who)
            if window is None or now >= (window.blocked_until or window.began + WINDOW):
                window = self._windows[who] = _Window(now)
            window.count += 1
            if window.count > limit and window.blocked_until is None:
                window.blocked_until = now + WINDOW
            until = window.blocked_until or window.began + WINDOW
            left = -(-(until - now) // timedelta(seconds=1))
            return Tally(
                limit, max(0, limit - window.count), left, is_blocked=window.blocked_until is not None
            )


@dataclass(frozen=True, slots=True)
class Tally:
    limit: int
    remaining: int
    reset_seconds: int
    is_blocked: bool = False

    def refuse(self) -> None:
        if self.is_blocked:
            raise ThrottledError

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit-Default": str(self.limit),
            "X-RateLimit-Remaining-Default": str(self.remaining),
            "X-RateLimit-Reset-Default": str(self.reset_seconds),
        }


BLOCKED = Tally(USUAL_LIMIT, 0, int(WINDOW.total_seconds()), is_blocked=True)
