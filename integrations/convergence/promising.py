"""The moment of promise: between commit and reply an appointment is undecided, and one compare-and-set
decides it (``architecture.md`` §4). Whoever loses obeys.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment, Reservation
from appointments.models.appointment import Status
from integrations import queue
from integrations.convergence.converging import RELATED, converge, halt
from integrations.convergence.noting import TASK
from integrations.convergence.report import Outcome, Report
from integrations.convergence.verifying import verify
from integrations.convergence.wanted import schedule_key
from integrations.models import CalendarSync, CaseKind, Promise, SyncState

# Beyond its budget a call may need this long until it has answered; then the worker answers for it.
ANSWER_MARGIN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Settled:
    """``promised`` is False if Cal.com refused first, and everything has been undone. ``calendar`` is
    the contract's word: ``synced``, ``pending`` or ``none``.
    """

    promised: bool
    calendar: str


def await_answer(appointment: Appointment, *, now: datetime) -> None:
    """Says, in the booking's own transaction, that nobody has been told yet."""
    if not appointment.branch.calendar_is_on:
        return
    budget = timedelta(milliseconds=settings.CALENDAR_CALL_BUDGET_MS)
    CalendarSync.objects.filter(appointment=appointment).update(
        promise=Promise.UNDECIDED, decide_by=now + budget + ANSWER_MARGIN
    )


def settle(appointment: Appointment) -> Settled:
    """Tells Cal.com within the call's budget and decides what may be told the caller.

    Safe to repeat: what is decided stays decided, and is what a repeat is answered.
    """
    if not appointment.branch.calendar_is_on:
        return Settled(True, "none")
    deadline = monotonic() + settings.CALENDAR_CALL_BUDGET_MS / 1000
    sync = CalendarSync.objects.filter(appointment=appointment).first()
    if sync is None:
        return Settled(True, "none")
    if sync.promise == Promise.UNDECIDED:
        _decide(appointment, converge(appointment.pk, seconds=deadline - monotonic(), urgent=True), deadline)
    elif sync.state == SyncState.PENDING:
        converge(appointment.pk, seconds=deadline - monotonic(), urgent=True)
    return settled(appointment)


def settled(appointment: Appointment) -> Settled:
    """As it is stored now (invariant I4)."""
    sync = CalendarSync.objects.filter(appointment=appointment).first()
    if sync is None:
        return Settled(True, "none")
    calendar = {SyncState.SYNCED: "synced", SyncState.NONE: "none"}.get(SyncState(sync.state), "pending")
    return Settled(sync.promise != Promise.REJECTED, calendar)


def _decide(appointment: Appointment, report: Report, deadline: float) -> None:
    if report.outcome is Outcome.AGREED and monotonic() < deadline:
        report = _looked_around(appointment, report, deadline)
    if report.outcome is Outcome.REFUSED and reject(appointment):
        _undo(appointment, deadline)
        return
    promise(appointment)
    if report.outcome is Outcome.REFUSED:  # too late: somebody else has decided, so it is promised
        halt(appointment, report, now=timezone.now())
    elif report.outcome is not Outcome.AGREED:
        queue.soon(TASK, appointment.pk)


def _looked_around(appointment: Appointment, report: Report, deadline: float) -> Report:
    """Cal.com lets an overlapping booking through; before the promise there is still time to withdraw."""
    strangers = verify(appointment, deadline=deadline, opens_cases=False)
    if strangers is None:
        queue.soon("integrations.tasks.verify_appointment", appointment.pk)
    if not strangers:
        return report
    return Report(Outcome.REFUSED, code="taken", kind=CaseKind.OVERLAP, uid=strangers[0].uid)


def promise(appointment: Appointment) -> None:
    """From now on nothing but a person changes it. A move's old time is given back."""
    decided = CalendarSync.objects.filter(appointment=appointment, promise=Promise.UNDECIDED).update(
        promise=Promise.PROMISED, decide_by=None
    )
    if decided:
        booking.settle_move(appointment, now=timezone.now())


def reject(appointment: Appointment) -> bool:
    """Undoes what was not promised yet: a move goes back, a booking is rejected. False if it had
    been decided otherwise, or if somebody has changed it meanwhile.
    """
    try:
        with transaction.atomic():
            _take_back(appointment)
            _insist_on_undecided(appointment)
    except (_DecidedOtherwise, booking.BookingError):
        return False
    return True


class _DecidedOtherwise(Exception):
    """Rolls the undoing back."""


def _insist_on_undecided(appointment: Appointment) -> None:
    """The compare-and-set. Last: the writer's hook takes this row's lock after the ledger's, so do we."""
    rows = CalendarSync.objects.filter(appointment=appointment, promise=Promise.UNDECIDED)
    if not rows.update(promise=Promise.REJECTED, decide_by=None):
        raise _DecidedOtherwise


def _take_back(appointment: Appointment) -> None:
    """Only what Cal.com was asked about: to whatever somebody has made of it meanwhile it has not said
    no.
    """
    now = timezone.now()
    current = Appointment.objects.select_related(*RELATED).get(pk=appointment.pk)
    if schedule_key(current) != schedule_key(appointment):
        raise _DecidedOtherwise
    if Reservation.objects.moves_of([current.pk]).undecided().exists():
        booking.undo_move(current, now=now)
    else:
        booking.mark(current, Status.REJECTED, now=now, revision=current.revision)


def _undo(appointment: Appointment, deadline: float) -> None:
    """What was booked of it at Cal.com goes; what is left of the budget is used, the worker does the
    rest.
    """
    report = converge(appointment.pk, seconds=max(deadline - monotonic(), 0), urgent=True)
    if report.outcome is not Outcome.AGREED:
        queue.soon(TASK, appointment.pk)
