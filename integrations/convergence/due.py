"""What is to be done now: for the worker, which comes back every minute whatever happened before."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import Q, QuerySet
from django.utils import timezone

from appointments.models import Appointment, Company
from appointments.rules.periods import Period
from integrations import queue
from integrations.calcom.errors import HostUnavailable, Taken
from integrations.convergence.converging import converge
from integrations.convergence.promising import promise
from integrations.convergence.report import Outcome, Report
from integrations.convergence.verifying import verify
from integrations.models import CalendarSync, Promise, SyncState

logger = logging.getLogger(__name__)

# Longer than this nothing may be pending without somebody hearing of it (invariant I12, incident F6).
PENDING_LIMIT = timedelta(minutes=5)
# A pass ends before the queue would start it a second time.
PASS_SECONDS = 200.0
APPOINTMENT_SECONDS = 60.0
# Somebody stood there.
NO_PLACE = (Taken.code, HostUnavailable.code)
# For now nothing more can be done for this company: the others' turn.
CLOSED = frozenset({"budget", "rate_limited", "breaker_open", "no_key", "unauthorized"})


def due(now: datetime) -> QuerySet[CalendarSync]:
    """Its time has come, and no caller is on the line about it; the longest waiting first. What agrees or
    is halted has no time.
    """
    open_call = Q(promise=Promise.UNDECIDED, decide_by__gt=now)
    rows = CalendarSync.objects.filter(next_try_at__lte=now).exclude(open_call)
    return rows.order_by("next_try_at", "pk")


def converge_if_due(appointment_id: int, *, now: datetime, seconds: float) -> str:
    """The outcome, or an empty string if it is not the worker's turn."""
    sync = due(now).filter(appointment=appointment_id).select_related("appointment").first()
    return "" if sync is None else str(_converge(sync.appointment, sync, seconds).outcome)


def promise_for_the_dead(now: datetime) -> None:
    """Calls that have died, also right after the calendar agreed. The caller may have been told, and
    the time is theirs: it stands.
    """
    silent = CalendarSync.objects.filter(promise=Promise.UNDECIDED, decide_by__lte=now)
    for sync in silent.select_related("appointment"):
        promise(sync.appointment)


def _converge(appointment: Appointment, sync: CalendarSync, seconds: float) -> Report:
    if sync.promise == Promise.UNDECIDED:
        promise(appointment)
    deadline = monotonic() + seconds
    report = converge(appointment.pk, seconds=seconds)
    if report.outcome is Outcome.AGREED and appointment.is_blocking:
        verify(appointment, deadline=deadline)
    return report


def sync_due(*, now: datetime) -> int:
    """Each due appointment once; how many it were."""
    promise_for_the_dead(now)
    _begin_anew(now)
    until = monotonic() + PASS_SECONDS
    done = 0
    closed: set[int] = set()
    for sync in due(now).select_related("appointment__company").iterator(chunk_size=200):
        if monotonic() > until:
            break
        if sync.company_id in closed:
            continue
        report = _converge(sync.appointment, sync, min(APPOINTMENT_SECONDS, until - monotonic()))
        if report.code in CLOSED:
            closed.add(sync.company_id)
        done += 1
    return done


def _begin_anew(now: datetime) -> None:
    """What waits for a change of a time that is yet to come: the clock was set back. An import's turns
    come later too, but its appointments are of today.
    """
    ahead = CalendarSync.objects.filter(next_try_at__gt=now, appointment__updated_at__gt=now)
    ahead.filter(state=SyncState.PENDING).update(next_try_at=now, pending_since=now)


def overdue(now: datetime) -> QuerySet[CalendarSync]:
    """Pending beyond the limit."""
    return CalendarSync.objects.filter(state=SyncState.PENDING, pending_since__lte=now - PENDING_LIMIT)


def alarm_about_pending(*, now: datetime) -> int:
    """Each once; raised again only if it has been in agreement since. Returns how many are overdue."""
    for sync in overdue(now).filter(alarmed_at=None).only("pk", "appointment_id", "error_code"):
        logger.error(
            "Calendar of appointment %s pending for more than five minutes: %s",
            sync.appointment_id,
            sync.error_code or "not tried",
        )
        CalendarSync.objects.filter(pk=sync.pk).update(alarmed_at=timezone.now())
    return overdue(now).count()


def try_again(appointment: Appointment, *, now: datetime) -> None:
    """A person wants it tried at once."""
    rows = CalendarSync.objects.filter(appointment=appointment)
    rows.update(state=SyncState.PENDING, pending_since=now, next_try_at=now, failures=0, exempt=False)


def try_unmapped_again(company: Company) -> None:
    """The mapping has changed: what waited for it goes on, in the transaction of that change."""
    _go_on(_halted(company).filter(error_code="unmapped"), timezone.now())


def try_refused_again(company: Company, host_id: int | None, freed: Period, *, now: datetime) -> None:
    """A booking at Cal.com is gone: what was promised for that time of that host, anybody's if None, waits no
    longer for a person. If Cal.com takes it now, its case is solved by itself; if not, it stands as it stood.

    Said again it costs another attempt, which is how a refusal is found that was written down only after the
    first message.
    """
    there = Q(appointment__starts_at__lt=freed.end, appointment__ends_at__gt=max(freed.start, now))
    waiting = _halted(company).filter(there, error_code__in=NO_PLACE)
    if host_id is not None:
        waiting = waiting.filter(appointment__staff__calendar_host__calcom_user_id=host_id)
    _go_on(waiting, now)


def _halted(company: Company) -> QuerySet[CalendarSync]:
    return CalendarSync.objects.filter(company=company, state=SyncState.HALTED)


def _go_on(waiting: QuerySet[CalendarSync], now: datetime) -> None:
    if waiting.update(state=SyncState.PENDING, pending_since=now, next_try_at=now, failures=0):
        queue.soon("integrations.tasks.sync_calendar")
