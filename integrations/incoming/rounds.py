"""Reconciling all companies, each in a task of its own."""

from datetime import datetime

from django.db.models import QuerySet

from appointments.models import Company
from integrations import queue
from integrations.calcom.line import Line
from integrations.incoming.reconciling import ON, NoKey, Reconciliation, reconcile

TASK = "integrations.tasks.reconcile_company"


def with_calendar() -> QuerySet[Company]:
    """Active companies with a branch whose calendar is on."""
    on = Company.objects.filter(active=True, branches__active=True, branches__calendar__in=ON)
    return on.distinct().order_by("slug")


def queue_all() -> int:
    reachable = [company for company in with_calendar() if Line.of(company) is not None]
    for company in reachable:
        queue.soon(TASK, company.pk)
    return len(reachable)


def reconcile_one(company_id: int, *, now: datetime) -> str:
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        return ""
    try:
        return line_about(reconcile(company, now=now))
    except NoKey:
        return ""


def line_about(result: Reconciliation) -> str:
    """For logs and terminals."""
    counts = (
        f"{result.company.slug}: {result.seen} seen, {result.echoes} as known, "
        f"{result.taken_over} taken over, {result.cases} cases, {result.missing} missing, "
        f"{result.unknown} unknown"
    )
    return f"{counts}. {result.error}" if result.error else f"{counts}."
