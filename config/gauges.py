"""What Prometheus is told of the queue and of what is held, counted at the moment it asks."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from appointments.models import Company, Reservation
from appointments.models.ledger import MOVE
from config.schedules import PREFIX

logger = logging.getLogger(__name__)


class WorkGauges(Collector):
    """Four queries, whatever there is. Without a database there are none, as for the calendar's."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from _gauges(timezone.now())
        except (DatabaseError, RedisError):
            logger.exception("Queue and holds cannot be counted.")


def _gauges(now: datetime) -> list[GaugeMetricFamily]:
    lag = GaugeMetricFamily(
        "schedule_lag_seconds", "How late the most belated of the schedules is.", value=_lag(now)
    )
    return [_holds(now), lag, *_queue(now)]


def _queue(now: datetime) -> Iterator[GaugeMetricFamily]:
    """What waits since when is known only of a queue that is a table."""
    if settings.REDIS_URL:
        yield _depth(get_broker().queue_size())
        return
    # `lock` is when a task may be taken: its birth, or, once taken, the moment of its next try.
    waiting = OrmQ.objects.filter(lock__lte=now).aggregate(count=Count("pk"), oldest=Min("lock"))
    yield _depth(waiting["count"])
    yield GaugeMetricFamily(
        "task_queue_age_seconds",
        "How long the oldest background task has been waiting for a worker.",
        value=_seconds_since(waiting["oldest"], now),
    )


def _depth(count: int) -> GaugeMetricFamily:
    return GaugeMetricFamily("task_queue_depth", "Background tasks that wait for a worker.", value=count)


def _lag(now: datetime) -> float:
    due = Schedule.objects.filter(name__startswith=PREFIX).exclude(repeats=0)
    return _seconds_since(due.aggregate(first=Min("next_run"))["first"], now)


def _seconds_since(instant: datetime | None, now: datetime) -> float:
    return max(0.0, (now - instant).total_seconds()) if instant else 0.0


def _holds(now: datetime) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "slot_reservations_active", "Times that are held for a running conversation.", labels=["company"]
    )
    live = Reservation.objects.live(now).exclude(holder__startswith=MOVE)
    held = dict(live.order_by().values_list("company__slug").annotate(count=Count("pk")))
    for slug in Company.objects.filter(active=True).order_by("slug").values_list("slug", flat=True):
        gauge.add_metric([slug], float(held.get(slug, 0)))
    return gauge
