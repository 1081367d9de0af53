"""Whether somebody takes tasks from the queue."""

from django_q.status import Stat


def is_worker_alive() -> bool:
    """By its heartbeat, which is some seconds old at most. It proves no work: see the checks of the queue."""
    return bool(Stat.get_all())
