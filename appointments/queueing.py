"""The queue of background tasks: giving it something that a person waits for, and whether it works."""

import logging
from typing import Any

from django_q.brokers import get_broker
from django_q.status import Stat
from django_q.tasks import async_task
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class QueueAway(Exception):
    """Redis does not take the task. Only where a person asked for it is that worth a sentence: what the
    system asks of itself is found by its schedule.
    """


def hand_over(function: str, *args: Any) -> None:
    """At once; ``function`` by its dotted name. Raises :class:`QueueAway`."""
    try:
        async_task(function, *args)
    except RedisError as error:
        logger.warning("The queue does not take %s: %s", function, type(error).__name__)
        raise QueueAway from error


def is_reachable() -> bool:
    """A queue that is a table is always there: without the database nobody would be asking."""
    try:
        get_broker().ping()
    except RedisError:
        return False
    return True


def is_worker_alive() -> bool:
    """By its heartbeat, which is some seconds old at most. It proves no work: see the checks of the queue."""
    try:
        return bool(Stat.get_all())
    except RedisError:
        return False
