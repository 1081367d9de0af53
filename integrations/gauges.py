"""What Prometheus is told of the database, counted at the moment it asks."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from appointments.models import Company
from integrations.consistency import agreements
from integrations.convergence.due import overdue
from integrations.models import CalendarCase, CalendarSync, SyncState

logger = logging.getLogger(__name__)


class CalendarGauges(Collector):
    """Five queries, whatever there is; each value by company. Without a database there are none, and
    what the processes have counted is told all the same.
    """

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from _gauges(timezone.now())
        except DatabaseError:
            logger.exception("The calendar's state cannot be counted.")


def _gauges(now: datetime) -> list[GaugeMetricFamily]:
    slugs = dict(Company.objects.filter(active=True).values_list("pk", "slug"))
    pending = CalendarSync.objects.filter(state=SyncState.PENDING)
    ratios = {slugs[pk]: found.ratio for pk, found in agreements(None, now).items() if pk in slugs}
    return [
        _gauge(
            "calendar_pending",
            "Appointments that the calendar has to follow.",
            _counts(pending, slugs.values()),
        ),
        _gauge(
            "calendar_pending_overdue",
            "Appointments that the calendar has had to follow for more than five minutes.",
            _counts(overdue(now), slugs.values()),
        ),
        _gauge(
            "calendar_cases_open",
            "Differences between calendar and salon that wait for a person.",
            _counts(CalendarCase.objects.filter(solved_at=None), slugs.values()),
        ),
        _gauge(
            "calendar_consistency_ratio",
            "Of the coming appointments that belong in a calendar, how many stand there as promised, 0 to 1.",
            {slug: ratio for slug, ratio in ratios.items() if ratio is not None},
        ),
    ]


def _gauge(name: str, documentation: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, documentation, labels=["company"])
    for slug, value in sorted(values.items()):
        gauge.add_metric([slug], value)
    return gauge


def _counts(rows: QuerySet[Any], slugs: Iterable[str]) -> dict[str, float]:
    """0 for a company without any: no series would look like no alarm."""
    found = rows.order_by().values_list("company__slug").annotate(Count("pk"))
    return dict.fromkeys(slugs, 0.0) | {slug: float(count) for slug, count in found}
