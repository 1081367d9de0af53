"""The ways out that need no other time: keep, cancel, dismiss."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from appointments import booking
from integrations import queue
from integrations.convergence.noting import TASK
from integrations.models import (
    POSSIBLE,
    CalendarBooking,
    CalendarCase,
    CalendarSync,
    CaseKind,
    Solution,
    SyncState,
)
from integrations.resolving.comparing import Compared, converge_now
from integrations.resolving.deciding import appointment_of, deciding, insist_on
from integrations.resolving.ways import Way

# What is over once an appointment's calendar is no longer looked at, or its time is another.
ABOUT_THE_ENTRY = (
    CaseKind.REFUSED,
    CaseKind.OTHER_BOOKING,
    CaseKind.OVERLAP,
    CaseKind.UNMAPPED,
    CaseKind.MISSING,
    CaseKind.MOVED,
    CaseKind.CANCELLED,
)


def keep(case: CalendarCase, *, user: AbstractBaseUser, now: datetime) -> Compared:
    """The promise stands, without an entry: what still stands of it at Cal.com is taken out.

    Until the appointment gets another time or stylist; then it is entered again.
    """
    insist_on(case, Way.KEEP, now=now)
    appointment = appointment_of(case)
    with deciding(case, Solution.KEEP, user=user, now=now, ends=ABOUT_THE_ENTRY):
        stands = CalendarBooking.objects.filter(appointment=appointment, state__in=POSSIBLE).exists()
        _exempt(appointment.pk, stands=stands, now=now)
        if stands:
            queue.soon(TASK, appointment.pk)
    if not stands:
        return Compared(True, _("The appointment is kept without a calendar entry."))
    return converge_now(appointment)


def _exempt(appointment_id: int, *, stands: bool, now: datetime) -> None:
    state = SyncState.PENDING if stands else SyncState.NONE
    CalendarSync.objects.filter(appointment=appointment_id).update(
        exempt=True,
        state=state,
        pending_since=now if stands else None,
        next_try_at=now if stands else None,
        alarmed_at=None,
        failures=0,
        error_code="",
        error_detail="",
    )


def cancel(case: CalendarCase, *, revision: int, user: AbstractBaseUser, now: datetime) -> Compared:
    """The appointment is cancelled here and at Cal.com; the customer has to be called by a person.

    ``revision``: the appointment that was looked at. Raises ``booking.Stale``.
    """
    insist_on(case, Way.CANCEL, now=now)
    appointment = appointment_of(case)
    with deciding(case, Solution.CANCEL, user=user, now=now, ends=tuple(CaseKind)):
        booking.cancel(appointment, now=now, revision=revision)
    return converge_now(appointment)


def dismiss(case: CalendarCase, *, user: AbstractBaseUser, now: datetime) -> Compared:
    """Nothing has to be done, or it has been done elsewhere."""
    insist_on(case, Way.DISMISS, now=now)
    with deciding(case, Solution.DISMISS, user=user, now=now):
        pass
    return Compared(True, _("The case is closed."))
