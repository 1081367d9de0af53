"""The first way out: once more, at once."""

from datetime import datetime
from time import monotonic

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.audit import Channel, acting
from appointments.models import Appointment
from integrations.calcom.budget import Priority
from integrations.calcom.errors import CalendarError, NotFound
from integrations.calcom.line import Line
from integrations.convergence import verify
from integrations.convergence.due import try_again as make_due
from integrations.incoming.observing import observe
from integrations.incoming.seen import seen_in
from integrations.models import CalendarCase, CaseKind, Solution
from integrations.resolving.comparing import SECONDS, Compared, converge_now
from integrations.resolving.deciding import appointment_of, insist_on
from integrations.resolving.ways import Way


def try_again(
    case: CalendarCase, *, user: AbstractBaseUser, now: datetime, seconds: float = SECONDS
) -> Compared:
    """The promise is to be in the calendar as it was given: sent again, moved back, entered anew.

    Only what has come true solves the case; otherwise it stays open and the sentence says why. What
    could not be asked is tried on by the worker. Never in a transaction.
    """
    insist_on(case, Way.TRY_AGAIN, now=now)
    deadline = monotonic() + seconds
    with acting(Channel.STAFF, user.get_username()):
        if case.appointment is None:
            compared = _look_again(case, deadline)
        elif case.kind == CaseKind.OVERLAP:
            compared = _look_around(case, appointment_of(case), deadline)
        else:
            appointment = appointment_of(case)
            make_due(appointment, now=now)
            compared = converge_now(appointment, deadline=deadline)
    if compared.agrees:
        _credit(case, user, since=now)
    return compared


def _credit(case: CalendarCase, user: AbstractBaseUser, *, since: datetime) -> None:
    """It has solved itself because somebody wanted it to."""
    just_now = Q(solved_at=None) | Q(solution=Solution.ITSELF, solved_at__gte=since)
    CalendarCase.objects.filter(just_now, pk=case.pk).update(
        solved_at=timezone.now(), solution=Solution.RETRY, solved_by=user
    )


def _look_around(case: CalendarCase, appointment: Appointment, deadline: float) -> Compared:
    strangers = verify(appointment, deadline=deadline)
    if strangers is None:
        return Compared(False, _("Cal.com did not say what else is in the calendar."))
    if case.uid in {booking.uid for booking in strangers}:
        return Compared(False, _("The other booking still stands at Cal.com."))
    return Compared(True, _("The other booking is gone."))


def _look_again(case: CalendarCase, deadline: float) -> Compared:
    """A booking that could not be assigned to anybody: perhaps it can by now."""
    line = Line.of(case.company)
    if line is None:
        return Compared(False, _("No key for Cal.com is set."))
    asked_at = timezone.now()
    try:
        booking = line.call(lambda client: client.get(case.uid), priority=Priority.LOOKUP, deadline=deadline)
    except NotFound:
        return Compared(False, _("Cal.com does not know this booking. If it stays so, dismiss the case."))
    except CalendarError as error:
        return Compared(False, str(error))
    observe(case.company, seen_in(booking, asked_at=asked_at), now=timezone.now())
    if CalendarCase.objects.filter(pk=case.pk, solved_at=None).exists():
        return Compared(False, _("The host is still unknown. Please assign the calendar to a stylist first."))
    return Compared(True, _("The booking has been taken over."))
