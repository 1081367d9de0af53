"""Storing what was found, so that tomorrow it is known what is new, still open and solved."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from time import monotonic

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from appointments.integrity.ratio import agreements
from appointments.integrity.registry import Check
from appointments.integrity.running import chosen, stream
from appointments.integrity.scope import Scope
from appointments.models import Company, Finding, IntegrityReport
from appointments.models.integrity import Trigger

CHUNK = 1000
# What may change of a fault that is the same as yesterday's.
TOLD = ("code", "severity", "facts", "subjects", "repairable")
Listener = Callable[[Finding], None]


def _nobody(finding: Finding) -> None:
    """Nobody listens."""


# Unfinished for longer it has died.
DEAD_AFTER = timedelta(hours=1)


def wanted_now(company: Company | None, *, now: datetime) -> IntegrityReport | None:
    """The report that somebody wants and that has not come to its end."""
    rows = IntegrityReport.objects.filter(company=company, trigger=Trigger.PERSON, finished_at=None)
    return rows.filter(started_at__gt=now - DEAD_AFTER).order_by("-started_at").first()


def begin(company: Company | None, *, now: datetime, user: User | None) -> IntegrityReport:
    """A report for a worker to make: see ``report(into=…)``."""
    return _begin([company], now=now, trigger=Trigger.PERSON, user=user)[company.pk if company else None]


def report(
    company: Company | None,
    *,
    now: datetime,
    trigger: Trigger,
    user: User | None = None,
    checks: Collection[str] | None = None,
    asks_outside: bool = True,
    into: IntegrityReport | None = None,
    listener: Listener = _nobody,
) -> IntegrityReport:
    """Runs the checks over ``company``, or for None those of the installation, and stores what they find.

    Only what the ``checks`` look for can be solved by it. ``listener`` hears each finding once stored;
    ``into``: a report that was begun. Raises ``UnknownCheck``. Never in a transaction, see ``run``.
    """
    wanted = [check for check in chosen(checks) if check.of_installation is (company is None)]
    begun = into or _begin([company], now=now, trigger=trigger, user=user)[company.pk if company else None]
    scope = Scope(now=now, company=company, asks_outside=asks_outside)
    (finished,) = _run(scope, wanted, {begun.company_id: begun}, listener).values()
    return finished


def report_everything(
    *,
    now: datetime,
    trigger: Trigger,
    checks: Collection[str] | None = None,
    asks_outside: bool = True,
    listener: Listener = _nobody,
) -> list[IntegrityReport]:
    """One report for each company and one for the installation; each check looks at all at once."""
    wanted = chosen(checks)
    begun = _begin([*Company.objects.order_by("pk"), None], now=now, trigger=trigger, user=None)
    scope = Scope(now=now, asks_outside=asks_outside)
    return list(_run(scope, wanted, begun, listener).values())


def _begin(
    companies: Sequence[Company | None], *, now: datetime, trigger: Trigger, user: User | None
) -> dict[int | None, IntegrityReport]:
    rows = [
        IntegrityReport(
            company=company, day=local_day(company, now), trigger=trigger, wanted_by=user, started_at=now
        )
        for company in companies
    ]
    return {row.company_id: row for row in IntegrityReport.objects.bulk_create(rows)}


def local_day(company: Company | None, now: datetime) -> date:
    zone = company.zone if company else timezone.get_default_timezone()
    return now.astimezone(zone).date()


def _run(
    scope: Scope,
    checks: Sequence[Check],
    reports: dict[int | None, IntegrityReport],
    listener: Listener,
) -> dict[int | None, IntegrityReport]:
    begun = monotonic()
    failed: list[str] = []
    new: Counter[int | None] = Counter()
    for finding in _stored(stream(scope, checks, failed=failed), reports, new):
        listener(finding)
    solved = _solve(checks, failed, reports, scope.now)
    ratios = agreements(scope.company, now=scope.now)
    for pk, row in reports.items():
        unsolved = Finding.objects.unsolved().filter(company=pk)
        row.checks = [check.id for check in checks if check.of_installation is (pk is None)]
        row.failed = [check_id for check_id in failed if check_id in row.checks]
        row.ratio = ratios[pk].ratio if pk in ratios else None
        row.new, row.solved = new[pk], solved[pk]
        row.acknowledged = unsolved.acknowledged().count()
        row.open = unsolved.open().count()
        row.finished_at = max(scope.now + timedelta(seconds=monotonic() - begun), row.started_at)
        row.save()
    return reports


def _stored(
    findings: Iterator[Finding], reports: dict[int | None, IntegrityReport], new: Counter[int | None]
) -> Iterator[Finding]:
    """Each finding with its row, chunk by chunk: what was known keeps its age and its acknowledgement."""
    while chunk := list(islice(findings, CHUNK)):
        # The same fault twice in one run would be two rows of one fingerprint.
        by_fingerprint = {each.fingerprint: each for each in chunk if each.company_id in reports}
        with transaction.atomic():
            stored = _merge(by_fingerprint, reports, new)
        yield from stored


def _merge(
    found: dict[str, Finding], reports: dict[int | None, IntegrityReport], new: Counter[int | None]
) -> list[Finding]:
    known = Finding.objects.unsolved().filter(fingerprint__in=found).select_for_update().order_by("pk")
    merged = []
    for row in known:
        fresh = found[row.fingerprint]
        row.last_seen = max(row.last_seen, fresh.last_seen)
        row.last_report_id = max(row.last_report_id or 0, reports[row.company_id].pk)
        for name in TOLD:
            setattr(row, name, getattr(fresh, name))
        merged.append(row)
    Finding.objects.bulk_update(merged, [*TOLD, "last_seen", "last_report"])
    there = {row.fingerprint for row in merged}
    fresh_ones = [each for fingerprint, each in found.items() if fingerprint not in there]
    for each in fresh_ones:
        each.last_report = reports[each.company_id]
    # Another run may have stored it a moment ago: then it is that one's.
    Finding.objects.bulk_create(fresh_ones, ignore_conflicts=True)
    stored = Finding.objects.unsolved().filter(fingerprint__in=[each.fingerprint for each in fresh_ones])
    for row in stored.order_by("pk"):
        new[row.company_id] += row.last_report_id == reports[row.company_id].pk
        merged.append(row)
    return merged


def _solve(
    checks: Iterable[Check],
    failed: Collection[str],
    reports: dict[int | None, IntegrityReport],
    now: datetime,
) -> Counter[int | None]:
    """What was looked for and not found any more is solved; a check that broke has looked for nothing."""
    looked_for = [check.id for check in checks if check.id not in failed]
    solved: Counter[int | None] = Counter()
    for pk, row in reports.items():
        older = Q(last_report__lt=row.pk) | Q(last_report__isnull=True)
        gone = Finding.objects.unsolved().filter(older, company=pk, check_id__in=looked_for)
        solved[pk] = gone.update(resolved_at=now)
    return solved
