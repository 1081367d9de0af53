"""The report of the night: at 2:00 by the clock of each company, once, whatever the clock does that night."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments.integrity.reporting import DEAD_AFTER, local_day, report
from appointments.models import Company, IntegrityReport
from appointments.models.integrity import Trigger
from appointments.rules.hours import instant

MINUTE_OF_DAY = 2 * 60


def due(*, now: datetime) -> Sequence[Company | None]:
    """Active companies whose 2:00 of today has passed without a report; None stands for the installation.

    In spring 2:00 does not exist and the report comes at 3:00; in autumn it comes at the first of two.
    """
    companies: list[Company | None] = [None, *Company.objects.filter(active=True).order_by("pk")]
    passed = [each for each in companies if _two_o_clock(each, now) <= now]
    days = {local_day(each, now) for each in passed}
    daily = IntegrityReport.objects.filter(trigger=Trigger.DAILY, day__in=days)
    busy = daily.exclude(finished_at=None, started_at__lte=now - DEAD_AFTER)
    done = set(busy.values_list("company", "day"))
    return [each for each in passed if (each.pk if each else None, local_day(each, now)) not in done]


def report_due(company: Company | None, *, now: datetime) -> IntegrityReport | None:
    """Tonight's report, unless somebody else has begun it: two workers make one. A task of yesterday's that
    comes after midnight makes none before it is due.
    """
    begun = _claim(company, now) if _two_o_clock(company, now) <= now else None
    return report(company, now=now, trigger=Trigger.DAILY, into=begun) if begun else None


def _two_o_clock(company: Company | None, now: datetime) -> datetime:
    zone = company.zone if company else timezone.get_default_timezone()
    return instant(local_day(company, now), MINUTE_OF_DAY, zone)


def _claim(company: Company | None, now: datetime) -> IntegrityReport | None:
    """A row that is ours: new, or of a run that has died."""
    facts = {"company": company, "day": local_day(company, now), "trigger": Trigger.DAILY}
    try:
        with transaction.atomic():
            return IntegrityReport.objects.create(**facts, started_at=now)
    except IntegrityError:
        died = IntegrityReport.objects.filter(**facts, finished_at=None, started_at__lte=now - DEAD_AFTER)
        if died.update(started_at=now):
            return IntegrityReport.objects.get(**facts)
        return None
