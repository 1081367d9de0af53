"""Which ways lead out of a case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.models import CalendarCase, CaseKind


class Way(StrEnum):
    TRY_AGAIN = "try_again"
    TAKE_OVER = "take_over"
    PROMOTE = "promote"
    KEEP = "keep"
    MOVE = "move"
    CANCEL = "cancel"
    DISMISS = "dismiss"


THE_FOUR = (Way.TRY_AGAIN, Way.KEEP, Way.MOVE, Way.CANCEL)
WAYS: Mapping[CaseKind, Sequence[Way]] = {
    CaseKind.REFUSED: THE_FOUR,
    CaseKind.OTHER_BOOKING: THE_FOUR,
    CaseKind.CANCELLED: THE_FOUR,
    CaseKind.MISSING: THE_FOUR,
    CaseKind.UNMAPPED: THE_FOUR,
    CaseKind.MOVED: (Way.TAKE_OVER, *THE_FOUR),
    # Both bookings stand, and two people may well agree on that.
    CaseKind.OVERLAP: (*THE_FOUR, Way.DISMISS),
    CaseKind.CONFLICT: (Way.PROMOTE, Way.MOVE, Way.CANCEL),
    CaseKind.UNKNOWN_EVENT_TYPE: (Way.DISMISS,),
    CaseKind.UNKNOWN_HOST: (Way.TRY_AGAIN, Way.DISMISS),
}


def ways_of(case: CalendarCase, *, now: datetime) -> Sequence[Way]:
    """In the order in which they are offered; none for a solved case.

    Once nobody is coming any more there is nothing left to be decided.
    """
    if not case.is_open:
        return ()
    ways = WAYS[CaseKind(case.kind)]
    if case.appointment is None:
        return [way for way in ways if way in {Way.TRY_AGAIN, Way.DISMISS}] or [Way.DISMISS]
    waits = case.appointment.status == Status.CONFLICT
    if not is_coming(case.appointment, now=now) or (waits and Way.PROMOTE not in ways):
        return (Way.DISMISS,)
    return ways


def is_coming(appointment: Appointment, *, now: datetime) -> bool:
    waits = appointment.status == Status.CONFLICT
    return appointment.ends_at > now and (appointment.is_blocking or waits)
