"""The queue's brokers: django-q2's own, which also notice that the clock was set back.

Every schedule may be waiting by then, so no schedule can be the one to notice it.
"""

from time import monotonic
from typing import Any

from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.brokers.redis_broker import Redis

from config.schedules import follow_the_clock

EVERY_SECONDS = 30.0


class _Watchful:
    """Looks at the schedules before it looks for tasks, twice a minute."""

    _looks_again = 0.0

    def dequeue(self) -> Any:
        if monotonic() >= self._looks_again:
            self._looks_again = monotonic() + EVERY_SECONDS
            follow_the_clock(now=timezone.now())
        return super().dequeue()  # type: ignore[misc]


class TableBroker(_Watchful, ORM):  # type: ignore[misc]
    """Tasks are rows: they commit and roll back with what they are about."""


class RedisBroker(_Watchful, Redis):  # type: ignore[misc]
    """For more than one machine."""
