"""How often somebody may ask within a window of time, counted for all processes together.

In the database and not in the cache: a full cache forgets, and whoever asks often fills it. The figures are
such that nobody who works here meets them (``docs/security.md``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from appointments.models.throttling import RequestCount

# Longer than any window.
KEPT = timedelta(hours=2)

# Sorted, so that two who count the same at once do not wait for each other.
COUNT = """
    INSERT INTO appointments_requestcount AS known (digest, began_at, count)
    SELECT digest, began_at, 1
    FROM unnest(%s::text[], %s::bigint[]) AS asked (digest, began_at)
    ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET
        count = CASE WHEN known.began_at = excluded.began_at THEN known.count + 1 ELSE 1 END,
        began_at = excluded.began_at
    RETURNING digest, count
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` requests in ``seconds``, for each key of its own."""

    name: str
    most: int
    seconds: int

    def admits(self, key: object, *, now: datetime) -> bool:
        """Counts this request, too."""
        return admits([(self, key)], now=now)


def admits(asked: list[tuple[Limit, object]], *, now: datetime) -> bool:
    """Whether none of the limits is passed; each counts the request, in one statement."""
    if not settings.RATE_LIMITS:
        return True
    moment = int(now.timestamp())
    most = {_digest(limit, key): limit.most for limit, key in asked}
    began = [moment - moment % limit.seconds for limit, _key in asked]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(most), began])
        return all(count <= most[digest] for digest, count in cursor.fetchall())


def purge(*, now: datetime) -> int:
    """Forgets windows that have closed; how many it were."""
    old = RequestCount.objects.filter(began_at__lt=int((now - KEPT).timestamp()))
    return old.delete()[0]


def _digest(limit: Limit, key: object) -> str:
    """With a key of ours: of all telephone numbers there are, plain digests are made in an hour."""
    text = f"{limit.name}:{key}"
    return salted_hmac("terminfest.throttling", text, algorithm="sha256").hexdigest()[:32]
