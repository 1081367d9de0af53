"""Which appointments go where their booking at Cal.com goes."""

from typing import Any

from appointments.audit import Channel
from appointments.models import Appointment
from appointments.models.appointment import Source, Status

GIVEN_UP = (Status.CANCELLED, Status.REJECTED)


def follows_calendar(appointment: Appointment) -> bool:
    """What came from Cal.com follows it until somebody of the salon or a caller decides when, with whom
    or whether: from then on that is what people have been told (invariant I5).
    """
    if appointment.source != Source.CALENDAR:
        return False
    place: Any = None
    decided_by = Channel.CALENDAR
    for row in appointment.history.order_by("history_id"):
        at = (row.staff_id, row.service_id, row.starts_at, row.status in GIVEN_UP)
        if at != place:
            place, decided_by = at, row.channel
    return bool(decided_by == Channel.CALENDAR)
