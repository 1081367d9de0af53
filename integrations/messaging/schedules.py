"""What of an appointment a customer has to know, as text that can be compared."""

from datetime import UTC, datetime

from appointments.models import Appointment
from appointments.models.appointment import Status

NOTHING = ""
# Said of an appointment that is older than our messages: the customer knows something, we not what.
UNKNOWN = "?"
_STANDS = (Status.BOOKED, Status.CONFIRMED)
_IS_GONE = (Status.CANCELLED, Status.REJECTED)


def schedule_of(appointment: Appointment) -> str | None:
    """Changes exactly when the customer has to hear of it; empty if nothing stands for them. None: not
    yet to be said (a provisional booking, a conflict that a person decides) or no longer.
    """
    if appointment.status in _IS_GONE:
        return NOTHING
    if appointment.status not in _STANDS:
        return None
    return f"{appointment.starts_at.timestamp():.0f}/{appointment.service_id}/{appointment.staff_id}"


def start_in(schedule: str) -> datetime | None:
    """The start that a customer was told, as an instant in UTC."""
    seconds = schedule.partition("/")[0]
    return datetime.fromtimestamp(int(seconds), tz=UTC) if seconds.isdecimal() else None
