"""What Prometheus is told of the database, counted at the moment it asks."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from appointments.models import Appointment, Company
from appointments.models.company import CalendarMode
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
    slugs = list(Company.objects.filter(active=True).values_list("slug", flat=True))
    pending = CalendarSync.objects.filter(state=SyncState.PENDING)
    return [
        _gauge("calendar_pending", "Appointments that the calendar has to follow.", _counts(pending, slugs)),
        _gauge(
            "calendar_pending_overdue",
            "Appointments that the calendar has had to follow for more than five minutes.",
            _counts(overdue(now), slugs),
        ),
        _gauge(
            "calendar_cases_open",
            "Differences between calendar and salon that wait for a person.",
            _counts(CalendarCase.objects.filter(solved_at=None), slugs),
        ),
        _gauge(
            "calendar_consistency_ratio",
            "Of the coming appointments that belong in a calendar, how many stand there as promised, 0 to 1.",
            _ratios(now),
        ),
    ]


def _gauge(name: str, documentation: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, documentation, labels=["company"])
    for slug, value in sorted(values.items()):
        gauge.add_metric([slug], value)
    return gauge


def _counts(rows: QuerySet[Any], slugs: list[str]) -> dict[str, float]:
    """0 for a company without any: no series would look like no alarm."""
    found = rows.order_by().values_list("company__slug").annotate(Count("pk"))
    return dict.fromkeys(slugs, 0.0) | {slug: float(count) for slug, count in found}


def _ratios(now: datetime) -> dict[str, float]:
    """Without what staff have decided to keep without an entry; nothing for a company that has none."""
    expected = (
        Appointment.objects.blocking()
        .filter(starts_at__gt=now)
        .exclude(branch__calendar=CalendarMode.OFF)
        .exclude(calendar_sync__exempt=True)
    )
    agreed = Count("pk", filter=Q(calendar_sync__state=SyncState.SYNCED))
    rows = expected.order_by().values_list("company__slug").annotate(every=Count("pk"), agreed=agreed)
    return {slug: stand / every for slug, every, stand in rows}
