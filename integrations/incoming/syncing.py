"""What an observation means for the state of an appointment's calendar."""

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from appointments.models import Appointment, Company
from appointments.models.appointment import Source, Status
from integrations import queue
from integrations.cases import open_case, solved_by_itself
from integrations.convergence.noting import TASK
from integrations.convergence.wanted import schedule_key
from integrations.incoming.observed import Overtaken
from integrations.incoming.seen import Seen
from integrations.models import (
    BookingState,
    CalendarBooking,
    CalendarCase,
    CalendarSync,
    CaseKind,
    Solution,
    SyncState,
)

CHANGES = (CaseKind.MOVED, CaseKind.CANCELLED, CaseKind.MISSING)
# The word for it among the errors of convergence.
CHANGED_THERE = "changed_at_calcom"


def agreed(appointment: Appointment, *, now: datetime) -> None:
    """The appointment has followed the calendar, so there is nothing to be done there."""
    stands = CalendarBooking.objects.filter(appointment=appointment, state=BookingState.EXISTS).exists()
    facts = {
        "state": SyncState.SYNCED if stands else SyncState.NONE,
        "wanted": schedule_key(appointment),
        "revision": appointment.revision,
        "pending_since": None,
        "next_try_at": None,
        "failures": 0,
        "error_code": "",
        "error_detail": "",
        "verified_at": now,
    }
    CalendarSync.objects.update_or_create(
        appointment=appointment, defaults=facts, create_defaults={"company": appointment.company, **facts}
    )


def compare(appointment: Appointment, *, now: datetime) -> None:
    """Both sides have to be compared again: convergence removes what should not stand, or keeps it."""
    _insist_on_nobody_at_work(appointment, now)
    queue.soon(TASK, appointment.pk)
    known = CalendarSync.objects.filter(appointment=appointment)
    if known.update(
        state=SyncState.PENDING, next_try_at=now, pending_since=Coalesce(F("pending_since"), Value(now))
    ):
        return
    CalendarSync.objects.create(
        company=appointment.company,
        appointment=appointment,
        wanted=schedule_key(appointment),
        pending_since=now,
        next_try_at=now,
    )


def halt(appointment: Appointment, *, now: datetime) -> None:
    """Nothing is sent until a person has decided, unless the appointment has changed meanwhile: then
    something else is wanted, and that has to be brought about.
    """
    _insist_on_nobody_at_work(appointment, now)
    sync = CalendarSync.objects.filter(appointment=appointment, wanted=schedule_key(appointment))
    sync.update(
        state=SyncState.HALTED,
        next_try_at=None,
        pending_since=Coalesce(F("pending_since"), Value(now)),
        error_code=CHANGED_THERE,
        error_detail="",
    )


def _insist_on_nobody_at_work(appointment: Appointment, now: datetime) -> None:
    """Whoever compares the two just now read our rows before, would find agreement, and so take back
    what we are about to say. Raises ``Overtaken``; otherwise nobody begins before we have committed.
    """
    sync = CalendarSync.objects.select_for_update().filter(appointment=appointment).first()
    if sync is not None and sync.claimed_until is not None and sync.claimed_until > now:
        raise Overtaken


def open_promised_case(
    kind: CaseKind, appointment: Appointment, row: CalendarBooking, seen: Seen, *, now: datetime
) -> None:
    """What was promised stands as it was promised, and a person decides (invariant I5).

    What was said of the same part before is no longer so.
    """
    halt(appointment, now=now)
    chain = CalendarBooking.objects.filter(appointment=appointment, position=row.position)
    before = CalendarCase.objects.filter(
        appointment=appointment, kind__in=CHANGES, uid__in=chain.values("uid"), solved_at=None
    )
    before.exclude(kind=kind, uid=seen.uid).update(solved_at=now, solution=Solution.ITSELF)
    open_case(
        kind, company=appointment.company, appointment=appointment, uid=seen.uid, facts=seen.facts(), now=now
    )


def solve_case_about(company: Company, uid: str, *, now: datetime) -> None:
    """About a booking that has no appointment: it is gone, or has one now."""
    CalendarCase.objects.filter(company=company, appointment=None, uid=uid, solved_at=None).update(
        solved_at=now, solution=Solution.ITSELF
    )


def solve_overlap(company: Company, uid: str, *, now: datetime) -> None:
    """A stranger's booking that was only seen in the way has become an appointment, with its own case."""
    CalendarCase.objects.filter(company=company, kind=CaseKind.OVERLAP, uid=uid, solved_at=None).update(
        solved_at=now, solution=Solution.ITSELF
    )


def solve_what_is_over(appointment: Appointment) -> None:
    """The hook of ``appointments.hooks.on_change``: whoever has got the time is no conflict any more, and
    nobody overlaps with who does not come.
    """
    if not appointment.is_blocking and appointment.status != Status.CONFLICT:
        solved_by_itself(appointment, [CaseKind.OVERLAP], now=appointment.updated_at)
    if appointment.source != Source.CALENDAR or appointment.status == Status.CONFLICT:
        return
    kinds = [CaseKind.CONFLICT]
    if not appointment.is_blocking:
        kinds.append(CaseKind.UNKNOWN_EVENT_TYPE)
    solved_by_itself(appointment, kinds, now=appointment.updated_at)
