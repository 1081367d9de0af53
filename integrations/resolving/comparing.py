"""Comparing one appointment with Cal.com while somebody waits."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import monotonic

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Appointment
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, NotFound
from integrations.calcom.line import Line
from integrations.calcom.types import Booking
from integrations.convergence import Outcome, Report, converge, verify
from integrations.convergence.lookup import SETTLING_TIME
from integrations.convergence.sentences import error_sentence
from integrations.incoming.observed import Verdict
from integrations.incoming.observing import confirm_missing, observe
from integrations.incoming.seen import Seen, seen_in
from integrations.incoming.syncing import compare
from integrations.models import BookingState, CalendarBooking, CalendarSync, SyncState

# As long as somebody looks at a page that does not come.
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Compared:
    """``sentence`` says to staff what came of it; ``agrees`` whether both sides now do."""

    agrees: bool
    sentence: str


def compare_now(appointment: Appointment, *, seconds: float = SECONDS) -> Compared:
    """Looks at what stands at Cal.com for it and brings both sides into agreement; takes ``seconds``
    at most. What only a person can decide is not touched. Never in a transaction.
    """
    deadline = monotonic() + seconds
    if not appointment.branch.calendar_is_on:
        return Compared(False, _("The calendar of this branch is off."))
    if _state(appointment) == SyncState.HALTED:
        return Compared(False, _("This appointment waits for a decision."))
    trouble = _look(appointment, deadline)
    if trouble is not None:
        return Compared(False, str(trouble))
    if _state(appointment) == SyncState.SYNCED:
        return _look_around(appointment, deadline)
    if _state(appointment) is None:
        compare(appointment, now=timezone.now())
    return converge_now(appointment, deadline=deadline)


def converge_now(appointment: Appointment, *, deadline: float | None = None) -> Compared:
    """After a change of ours: tells Cal.com. What is not done in time the worker does."""
    until = deadline or monotonic() + SECONDS
    report = converge(appointment.pk, seconds=max(until - monotonic(), 0))
    if report.outcome is Outcome.AGREED and _state(appointment) == SyncState.SYNCED:
        return _look_around(appointment, until)
    return Compared(report.outcome is Outcome.AGREED, _sentence(report, appointment))


def _state(appointment: Appointment) -> str | None:
    known = CalendarSync.objects.filter(appointment=appointment)
    return known.values_list("state", flat=True).first()


def _look_around(appointment: Appointment, deadline: float) -> Compared:
    strangers = verify(appointment, deadline=deadline)
    if strangers is None:
        return Compared(True, _("Stands at Cal.com. What else is in the calendar could not be read."))
    if strangers:
        return Compared(False, _("Stands at Cal.com, but another booking there overlaps."))
    return Compared(True, _("Calendar and appointment agree."))


def _sentence(report: Report, appointment: Appointment) -> str:
    error = error_sentence(report.code, report.detail)
    state = _state(appointment)
    if report.outcome is Outcome.AGREED:
        return _("Calendar and appointment agree.")
    if state == SyncState.HALTED:
        return _("%(error)s A decision is needed.") % {"error": error}
    if report.outcome is Outcome.BUSY:
        return _("It is just being compared. Please look again in a moment.")
    return _("%(error)s It is tried again by itself.") % {"error": error}


def _look(appointment: Appointment, deadline: float) -> CalendarError | None:
    """What Cal.com says of each booking that we believe to stand, as if it had told us (incident F9)."""
    rows = CalendarBooking.objects.filter(
        appointment=appointment, state=BookingState.EXISTS, uid__isnull=False
    )
    line = Line.of(appointment.company)
    asked_at = timezone.now()
    known = list(rows.order_by("pk"))
    if line is None or not known:
        return None  # whoever goes on says why
    gets = [partial(_get, uid=row.uid or "") for row in known]
    answers = line.run(*gets, priority=Priority.LOOKUP, deadline=deadline)
    for row, answer in zip(known, answers, strict=True):
        if isinstance(answer, NotFound):
            _note_missing(row, asked_at)
        elif isinstance(answer, CalendarError):
            return answer
        else:
            _observe(line, appointment, seen_in(answer, asked_at=asked_at), deadline)
    return None


def _observe(line: Line, appointment: Appointment, seen: Seen, deadline: float) -> None:
    """Of a move that nobody told us of, the new booking says what it means."""
    observed = observe(appointment.company, seen, now=timezone.now())
    if observed.verdict is not Verdict.LATER or not seen.moved_to:
        return
    asked_at = timezone.now()
    (answer,) = line.run(partial(_get, uid=seen.moved_to), priority=Priority.LOOKUP, deadline=deadline)
    if not isinstance(answer, CalendarError):
        observe(appointment.company, seen_in(answer, asked_at=asked_at), now=timezone.now())
        observe(appointment.company, replace(seen, moved_to=""), now=timezone.now())


def _get(client: Client, *, uid: str) -> Booking:
    return client.get(uid)


def _note_missing(row: CalendarBooking, now: datetime) -> None:
    if row.missing_since is None:
        CalendarBooking.objects.filter(pk=row.pk, missing_since=None).update(missing_since=now)
    elif row.missing_since + SETTLING_TIME <= now:
        confirm_missing(row.company, row.pk, now=now)
