"""How many requests a key has left, for all processes together.

Cal.com opens a window of 60 seconds with the first request, allows 120 in it, and refuses everything for
60 seconds after the 121st. Where its window begins we never know for sure: a request may travel for seconds,
and somebody else may use the key. Windows of our own, however long, can straddle one of theirs and put twice
the limit into it. So the budget slides: no stretch of ``WINDOW_SECONDS`` ever holds more than
``CALENDAR_REQUESTS_PER_MINUTE`` requests, wherever it begins. It is longer than theirs by what two requests
may differ in travelling and two machines' clocks in time. What others use of the key shows in Cal.com's
headers, which are heeded as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.db import connection

from integrations.calcom.errors import BLOCKED_SECONDS, Trouble, Unreachable
from integrations.calcom.types import Traffic
from integrations.models import RequestBudget

WINDOW_SECONDS = 65
# What Cal.com allows a key, as long as nothing else was agreed.
VENDOR_LIMIT = 120
# The vendor's seconds left are whole ones.
RESET_MARGIN_SECONDS = 1


class Priority(IntEnum):
    """The value is the percentage of the budget beyond which it may not ask: courtesy goes first."""

    WRITE = 100  # create, cancel, reschedule while somebody waits
    LOOKUP = 90  # what became of a write, reconciliation
    BACKLOG = 75  # whatever the worker does while nobody waits: a caller must still get through
    COURTESY = 60  # slots and reservations during a call
    WARMUP = 30  # what nobody is waiting for

    def ceiling(self) -> int:
        return -(-int(settings.CALENDAR_REQUESTS_PER_MINUTE) * self.value // 100)

    def reserve(self) -> int:
        """What it has to leave of Cal.com's own count. Of a limit set far above that, more would have to be
        left than there ever is.
        """
        limit = min(int(settings.CALENDAR_REQUESTS_PER_MINUTE), VENDOR_LIMIT)
        return limit - -(-limit * self.value // 100)


@dataclass(frozen=True)
class Usage:
    """How a key stands: requests within the window, out of ``limit``."""

    used: int
    limit: int
    blocked_until: datetime | None


RECENT = "key::bigint BETWEEN %(oldest)s AND %(newest)s"
# One statement, so that two processes never both take the last request. The conflict locks the row, and the
# conditions look at it as it is then.
CHARGE = f"""
INSERT INTO integrations_requestbudget AS budget (key_digest, spent)
SELECT %(digest)s, jsonb_build_object(%(second)s::text, %(requests)s::int)
WHERE %(requests)s <= %(ceiling)s
ON CONFLICT (key_digest) DO UPDATE SET
    spent = (
        SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(budget.spent) WHERE {RECENT}
    ) || jsonb_build_object(
        %(second)s::text, coalesce((budget.spent ->> %(second)s::text)::int, 0) + %(requests)s::int
    ),
    remaining = CASE WHEN budget.resets_at > %(now)s THEN budget.remaining - %(requests)s END
WHERE (budget.blocked_until IS NULL OR budget.blocked_until <= %(now)s)
    AND (budget.resets_at IS NULL OR budget.resets_at <= %(now)s
        OR budget.remaining - %(requests)s >= %(reserve)s)
    AND %(requests)s + (
        SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(budget.spent) WHERE {RECENT}
    ) <= %(ceiling)s
RETURNING 1
"""  # noqa: S608 - put together from constants
# What was asked beyond what was charged, such as a second attempt: it cannot be refused any more.
SPEND = f"""
UPDATE integrations_requestbudget AS budget SET
    spent = (
        SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(budget.spent) WHERE {RECENT}
    ) || jsonb_build_object(
        %(second)s::text, coalesce((budget.spent ->> %(second)s::text)::int, 0) + %(requests)s::int
    )
WHERE key_digest = %(digest)s
"""  # noqa: S608
HEED = """
UPDATE integrations_requestbudget SET
    remaining = CASE WHEN resets_at > %(now)s THEN least(remaining, %(remaining)s) ELSE %(remaining)s END,
    resets_at = CASE WHEN resets_at > %(now)s THEN resets_at ELSE %(resets_at)s END
WHERE key_digest = %(digest)s
"""
BLOCK = """
UPDATE integrations_requestbudget SET blocked_until = greatest(blocked_until, %(until)s)
WHERE key_digest = %(digest)s
"""


def charge(digest: str, requests: int, *, priority: Priority, now: datetime) -> None:
    """Take ``requests`` at once, or none and raise Unreachable. One statement."""
    if not take(digest, requests, ceiling=priority.ceiling(), reserve=priority.reserve(), now=now):
        raise Unreachable(Trouble.BUDGET, retry_after=seconds_to_wait(digest, now=now))


def take(digest: str, requests: int, *, ceiling: int, reserve: int = 0, now: datetime) -> bool:
    """Whether they could be had: no ``WINDOW_SECONDS`` ever hold more than ``ceiling``. One statement."""
    values = {**_window(digest, requests, now=now), "ceiling": ceiling, "reserve": reserve}
    return bool(_execute(CHARGE, values))


def spend(digest: str, requests: int, *, now: datetime) -> None:
    _execute(SPEND, _window(digest, requests, now=now))


def heed(digest: str, answers: Iterable[Traffic], *, now: datetime) -> None:
    """Follow what Cal.com says: how much is left, and after a 429 how long to be silent."""
    answers = list(answers)
    if refused := [answer for answer in answers if answer.refused]:
        seconds = max(answer.reset_seconds or BLOCKED_SECONDS for answer in refused)
        until = now + timedelta(seconds=seconds + RESET_MARGIN_SECONDS)
        _execute(BLOCK, {"digest": digest, "until": until})
    counted = [
        (answer.remaining, answer.reset_seconds)
        for answer in answers
        if answer.remaining is not None and answer.reset_seconds is not None
    ]
    if counted:
        remaining, seconds = min(counted)
        resets_at = now + timedelta(seconds=seconds + RESET_MARGIN_SECONDS)
        _execute(HEED, {"digest": digest, "now": now, "remaining": remaining, "resets_at": resets_at})


def usage_of(digest: str, *, now: datetime) -> Usage:
    """For people to look at; whoever wants to ask charges."""
    budget = RequestBudget.objects.filter(pk=digest).first() or RequestBudget()
    oldest = int(now.timestamp()) - WINDOW_SECONDS
    blocked = budget.blocked_until if budget.blocked_until and budget.blocked_until > now else None
    used = sum(number for second, number in budget.spent.items() if int(second) >= oldest)
    return Usage(used=used, limit=Priority.WRITE.ceiling(), blocked_until=blocked)


def _window(digest: str, requests: int, *, now: datetime) -> dict[str, Any]:
    second = int(now.timestamp())
    return {
        "digest": digest,
        "requests": requests,
        "now": now,
        "second": second,
        "oldest": second - WINDOW_SECONDS,
        "newest": second + WINDOW_SECONDS,  # another machine's clock may be ahead, but not by more
    }


def seconds_to_wait(digest: str, *, now: datetime) -> float:
    """Until something can be had again; for most priorities a first guess."""
    budget = RequestBudget.objects.filter(pk=digest).first()
    if budget is None:
        return WINDOW_SECONDS
    ends = [moment for moment in (budget.blocked_until, budget.resets_at) if moment and moment > now]
    if ends:
        return (max(ends) - now).total_seconds()
    oldest = min((int(second) for second in budget.spent), default=0)
    return max(1.0, oldest + WINDOW_SECONDS + 1 - now.timestamp())


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def used(digest: str, *, now: datetime) -> int:
    """Requests of the last ``WINDOW_SECONDS``, which is what the budget is held against."""
    budget = RequestBudget.objects.filter(pk=digest).first()
    oldest = int(now.timestamp()) - WINDOW_SECONDS
    return sum(number for second, number in budget.spent.items() if int(second) >= oldest) if budget else 0
