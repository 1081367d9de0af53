"""What the worker does for the domain."""

from django.utils import timezone
from django_q.tasks import async_task

from appointments import booking, privacy, throttling, waitlist
from appointments.importing import uploads
from appointments.integrity import daily, report
from appointments.models import ApiReply, Branch, Company, Import, IntegrityReport
from appointments.models.integrity import Trigger


def sweep_reservations() -> int:
    """Clears expired holds out of the ledger; how many it were."""
    return booking.sweep(now=timezone.now())


def purge_api_replies() -> int:
    """Forgets answers that are no longer given again; how many it were."""
    deleted, _by_model = ApiReply.objects.expired(timezone.now()).delete()
    return deleted


def purge_request_counts() -> int:
    """Forgets who asked how often, once it counts no more; how many it were."""
    return throttling.purge(now=timezone.now())


def run_import(import_id: int) -> bool:
    """Goes on with an import for some minutes; whether it is at its end."""
    run = Import.objects.select_related("company", "created_by").filter(pk=import_id).first()
    return run is None or uploads.work_on(run, clock=timezone.now)


def continue_imports() -> int:
    """Imports whose worker has died; how many came to their end. Every minute."""
    return uploads.continue_all(clock=timezone.now)


def purge_imports() -> int:
    """Uploaded files that are no longer needed; how many it were. Every hour."""
    return uploads.purge(now=timezone.now())


def forget_what_is_due() -> int:
    """Whatever is older than it is kept (``docs/privacy.md``); how many rows. Every night."""
    return privacy.purge_all(now=timezone.now())


def queue_integrity_reports() -> int:
    """A task for each report of the night that is due; how many it are. Every ten minutes."""
    due = daily.due(now=timezone.now())
    for company in due:
        async_task("appointments.tasks.report_integrity", company.pk if company else None)
    return len(due)


def run_integrity(report_id: int) -> str:
    """A report that a person wanted; taken up again if its worker died. Returns its figures."""
    begun = IntegrityReport.objects.select_related("company").filter(pk=report_id, finished_at=None).first()
    if begun is None:
        return ""
    made = report(begun.company, now=timezone.now(), trigger=Trigger.PERSON, into=begun)
    return _figures(made)


def report_integrity(company_id: int | None) -> str:
    """Tonight's report of one company, or of the installation. Returns its figures, for the list of tasks."""
    company = None if company_id is None else Company.objects.filter(pk=company_id).first()
    if company is None and company_id is not None:
        return ""
    made = daily.report_due(company, now=timezone.now())
    return _figures(made) if made else ""


def _figures(made: IntegrityReport) -> str:
    return f"{made}: {made.new} new, {made.open} open, {made.solved} solved"


def refresh_waitlist(branch_id: int) -> int:
    """What is free for those who wait in one branch; for how many."""
    branch = Branch.objects.select_related("company").filter(pk=branch_id, active=True).first()
    return waitlist.refresh(branch, now=timezone.now()) if branch is not None else 0


def refresh_waitlists() -> int:
    """The same where anybody waits: holds expire, hours change, days pass. Every minute."""
    branches = Branch.objects.filter(active=True, pk__in=waitlist.branches_waited_for())
    return sum(waitlist.refresh(branch, now=timezone.now()) for branch in branches.select_related("company"))
