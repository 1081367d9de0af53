"""The rules that need nothing but the domain: agreement with the calendar, and the report of the night."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.alarms.registry import Compared, Measured, Rule, Unit, register
from appointments.integrity import agreements
from appointments.models import AlarmRule, Company, IntegrityReport
from appointments.models.integrity import Severity, Trigger

RATIO, REPORT, SITE_REPORT = (
    "appointments.consistency_ratio",
    "appointments.report_missing",
    "appointments.site_report_missing",
)


def ratio(now: datetime, window: timedelta) -> Iterator[Measured]:
    for pk, found in agreements(None, now=now).items():
        if found.ratio is not None:
            yield Measured(company_id=pk, value=100 * found.ratio, count=found.expected)


def report_age(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Hours since a report of the night was finished; since the company is known, if none ever was."""
    finished_ones = IntegrityReport.objects.filter(
        company=OuterRef("pk"), trigger=Trigger.DAILY, finished_at__isnull=False
    )
    last = Subquery(finished_ones.order_by("-started_at").values("finished_at")[:1])
    known = dict(AlarmRule.objects.filter(rule=REPORT).values_list("company", "known_since"))
    for pk, finished in Company.objects.filter(active=True).annotate(last=last).values_list("pk", "last"):
        since = finished or known.get(pk)
        if since is not None:
            yield Measured(company_id=pk, value=(now - since).total_seconds() / 3600)


def site_report_age(now: datetime, window: timedelta) -> Iterator[Measured]:
    daily = IntegrityReport.objects.filter(company=None, trigger=Trigger.DAILY)
    known = AlarmRule.objects.filter(rule=SITE_REPORT, company=None)
    finished = daily.aggregate(last=Max("finished_at"))["last"]
    since = finished or known.values_list("known_since", flat=True).first()
    if since is not None:
        yield Measured(company_id=None, value=(now - since).total_seconds() / 3600)


def register_standard() -> None:
    register(
        Rule(
            id=RATIO,
            severity=Severity.ERROR,
            title=_("Appointments are missing in the calendar"),
            sentence=gettext_noop(
                "Of %(count)s appointments to come, %(value)s %% stand in the calendar as promised."
            ),
            advice=_("The integrity report names each of them, with a repair."),
            unit=Unit.PERCENT,
            compared=Compared.BELOW,
            threshold=99.9,
            minimum=1,
            # What has just been booked is on its way.
            lasting=timedelta(minutes=10),
            reminder=timedelta(hours=12),
            measure=ratio,
        ),
        Rule(
            id=REPORT,
            severity=Severity.ERROR,
            title=_("The report of the night was not made"),
            sentence=gettext_noop("The last report of a night was finished %(value)s hours ago."),
            advice=_("Run the checks by hand, under Integrity, and tell whoever runs the system."),
            unit=Unit.HOURS,
            threshold=26,
            reminder=timedelta(hours=24),
            measure=report_age,
        ),
        Rule(
            id=SITE_REPORT,
            severity=Severity.ERROR,
            title=_("The site's own report of the night was not made"),
            sentence=gettext_noop(
                "The last report of a night about the site itself was finished %(value)s hours ago."
            ),
            advice=_("Look at the failed tasks and at the schedules."),
            unit=Unit.HOURS,
            threshold=26,
            reminder=timedelta(hours=24),
            of_installation=True,
            measure=site_report_age,
        ),
    )
