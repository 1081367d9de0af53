"""The one function that makes calendar and appointment agree (``architecture.md`` §4)."""

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from appointments import booking, tracing
from appointments.audit import Channel, acting
from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.calcom.line import Line
from integrations.cases import open_case, solved_by_itself
from integrations.convergence.attempts import rows_of
from integrations.convergence.claims import claimed, leased
from integrations.convergence.lookup import resolve
from integrations.convergence.report import AGREED, BUSY, Outcome, Report, Stop
from integrations.convergence.steps import Steps, steps_for
from integrations.convergence.wanted import Wanted, misplaced, schedule_key, wanted_of
from integrations.convergence.work import Work
from integrations.models import (
    POSSIBLE,
    BookingState,
    CalendarBooking,
    CalendarSync,
    CaseKind,
    Promise,
    SyncState,
)

logger = logging.getLogger(__name__)

RELATED = ("company", "branch__company", "staff", "service", "customer")
# After a failure: 5 s, doubled each time up to a quarter of an hour, a fifth more or less by chance.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, JITTER = 5.0, 900.0, 0.2
# For what Cal.com takes no bookings yet, or no more.
OUTSIDE_PAUSE = timedelta(hours=6)
# So often our own bookings may have waited for each other before one gives up its place first.
WAITS_FOR_EACH_OTHER = 2
# Our own restraint, or nobody to ask: no attempt was made that could have failed.
NOTHING_SENT = frozenset({"budget", "breaker_open", "no_key", "host_busy", "in_flight"})
# What agreement disproves.
CURED = (
    CaseKind.REFUSED,
    CaseKind.OTHER_BOOKING,
    CaseKind.UNMAPPED,
    CaseKind.MISSING,
    CaseKind.MOVED,
    CaseKind.CANCELLED,
)


def converge(appointment_id: int, *, seconds: float, urgent: bool = False) -> Report:
    """Compares what should stand with what stands, and brings it about; takes ``seconds`` at most.
    ``urgent``: somebody waits for it, so it may use the last of the request budget.

    Any number of processes may ask at once: one works, the others get ``BUSY``. Never in a
    transaction: what is sent cannot be rolled back.
    """
    _insist_on_no_transaction()
    deadline = monotonic() + seconds
    with (
        tracing.about(appointment=appointment_id),
        claimed(appointment_id, deadline=deadline) as sync,
    ):
        if sync is None or sync.state == SyncState.HALTED:
            return BUSY
        appointment = (
            Appointment.objects.select_related(*RELATED).prefetch_related("phases").get(pk=appointment_id)
        )
        try:
            report = _bring_about(sync, appointment, deadline, urgent=urgent)
        except Stop as stop:
            report = stop.report
        except Exception:
            # Without this an error of ours would be tried again at once, for ever.
            logger.exception("Calendar of appointment %s", appointment_id)
            report = Report(Outcome.PENDING, code="failed")
        _store(sync, appointment, report)
    _confirm(appointment, sync, report)
    return report


def _insist_on_no_transaction() -> None:
    """As ``atomic(durable=True)``: within a test's own transaction it is not complained about."""
    with transaction.atomic(durable=True):
        pass


def _bring_about(sync: CalendarSync, appointment: Appointment, deadline: float, *, urgent: bool) -> Report:
    rows = rows_of(appointment)
    wanted = wanted_of(appointment, rows, now=timezone.now())
    if wanted.leave:
        return AGREED
    if sync.exempt:
        wanted = Wanted()  # staff keep it without an entry, so none of its entries may stand
    undecided = sync.promise == Promise.UNDECIDED
    possible = [row for row in rows if row.state in POSSIBLE]
    if wanted.unmapped and (undecided or not possible):
        return _end(wanted)
    if not wanted.segments and not possible:
        return AGREED
    line = Line.of(appointment.company)
    if line is None:
        return Report(Outcome.PENDING, code="no_key")
    work = Work(line, appointment, deadline=deadline, urgent=urgent, undecided=undecided)
    return _work(work, sync, wanted, possible)


def _end(wanted: Wanted) -> Report:
    """When all is done that can be."""
    if not wanted.unmapped:
        return AGREED
    detail = ", ".join(wanted.unmapped)
    return Report(Outcome.HALTED, code="unmapped", detail=detail, kind=CaseKind.UNMAPPED)


def _work(work: Work, sync: CalendarSync, wanted: Wanted, possible: Sequence[CalendarBooking]) -> Report:
    resolve(work, possible)
    steps = _steps(work.appointment, sync, wanted)
    if not steps.is_empty:
        with leased(work.appointment.company_id, _hosts(steps), deadline=work.deadline) as alone:
            if not alone:
                return Report(Outcome.PENDING, code="host_busy", not_before=timezone.now())
            work.carry_out(steps)
    return _end(wanted)


def _steps(appointment: Appointment, sync: CalendarSync, wanted: Wanted) -> Steps:
    now = timezone.now()
    standing = [row for row in rows_of(appointment) if row.state == BookingState.EXISTS]
    if wanted.unmapped:
        return Steps(cancels=misplaced(appointment, standing, now=now))
    stuck = sync.error_code == "own_booking_in_the_way" and sync.failures >= WAITS_FOR_EACH_OTHER
    return steps_for(wanted.segments, standing, now=now, give_up_first=stuck)


def _hosts(steps: Steps) -> list[int]:
    return sorted({host_id for host_id, _moment in steps.places if host_id is not None})


@transaction.atomic
def _store(sync: CalendarSync, appointment: Appointment, report: Report) -> None:
    """Only while it is still what was worked on: whoever changed the appointment meanwhile has said
    that it is pending, and so it stays.
    """
    now = timezone.now()
    mine = CalendarSync.objects.filter(pk=sync.pk, claimed_by=sync.claimed_by)
    current = mine.filter(wanted=sync.wanted).select_for_update().first()
    if current is None:
        return
    facts = {"error_code": report.code, "error_detail": report.detail[:500]}
    provisional = appointment.status == Status.PROVISIONAL
    if report.outcome is Outcome.AGREED or (report.outcome is Outcome.OUTSIDE and not provisional):
        mine.update(
            state=_agreed_state(appointment),
            pending_since=None,
            # Too far ahead now is not too far ahead later.
            next_try_at=None if report.outcome is Outcome.AGREED else now + OUTSIDE_PAUSE,
            alarmed_at=None,
            failures=0,
            revision=appointment.revision,
            verified_at=now,
            **facts,
        )
        solved_by_itself(appointment, CURED, now=now)
    elif report.outcome is Outcome.PENDING or current.promise == Promise.UNDECIDED:
        # A refusal of what has not been promised yet is for whoever has the caller on the line.
        mine.update(
            state=SyncState.PENDING,
            pending_since=Coalesce(F("pending_since"), Value(now)),
            next_try_at=_next_try(current, report, now),
            failures=current.failures + (report.code not in NOTHING_SENT),
            **facts,
        )
    else:
        halt(appointment, report, now=now)


def _agreed_state(appointment: Appointment) -> SyncState:
    stands = CalendarBooking.objects.filter(appointment=appointment, state=BookingState.EXISTS).exists()
    return SyncState.SYNCED if stands else SyncState.NONE


def _next_try(sync: CalendarSync, report: Report, now: datetime) -> datetime:
    pause = min(FIRST_PAUSE_SECONDS * 2 ** min(sync.failures, 10), LONGEST_PAUSE_SECONDS)
    if report.not_before is not None:
        pause = FIRST_PAUSE_SECONDS  # it is known when it can go on
    pause *= 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 - nothing secret
    return max(now, report.not_before or now) + timedelta(seconds=pause)


def halt(appointment: Appointment, report: Report, *, now: datetime) -> None:
    """Nothing more is sent until a person has decided; what was promised stands (invariant I5). Unless
    it has changed meanwhile: then something else is wanted, which nobody has refused yet.
    """
    asked_for = CalendarSync.objects.filter(appointment=appointment, wanted=schedule_key(appointment))
    if not asked_for.update(
        state=SyncState.HALTED,
        next_try_at=None,
        pending_since=Coalesce(F("pending_since"), Value(now)),
        error_code=report.code,
        error_detail=report.detail[:500],
    ):
        return
    open_case(
        report.kind or CaseKind.REFUSED,
        company=appointment.company,
        appointment=appointment,
        uid=report.uid,
        facts={"code": report.code, "detail": report.detail, **report.facts},
        now=now,
    )


def _confirm(appointment: Appointment, sync: CalendarSync, report: Report) -> None:
    """Where the calendar has the last word (``strict``), its entry makes an appointment firm.

    Only what is still so: somebody may have cancelled or moved it while Cal.com was asked. Whoever
    comes between looking and marking is looked at once more, by the worker.
    """
    if report.outcome is not Outcome.AGREED or appointment.status != Status.PROVISIONAL:
        return
    current = Appointment.objects.select_related(*RELATED).get(pk=appointment.pk)
    is_as_asked = current.status == Status.PROVISIONAL and schedule_key(current) == sync.wanted
    if not is_as_asked or _agreed_state(current) is not SyncState.SYNCED:
        return
    now = timezone.now()
    try:
        with acting(Channel.CALENDAR, "Cal.com"):
            booking.mark(current, Status.BOOKED, now=now, revision=current.revision)
    except booking.BookingError:
        CalendarSync.objects.filter(pk=sync.pk).update(
            state=SyncState.PENDING, pending_since=now, next_try_at=now
        )
