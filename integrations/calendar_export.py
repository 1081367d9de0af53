"""What the export says about the calendar."""

from collections.abc import Mapping, Sequence
from typing import Any

from appointments.models import Appointment
from appointments.models.appointment import BLOCKING, Status
from appointments.models.company import CalendarMode

# What was promised stands in the calendar, also after it was kept or missed.
STANDS_THERE = (*BLOCKING, Status.COMPLETED, Status.NO_SHOW)


def calendar_states(ids: Sequence[int]) -> Mapping[int, Any]:
    """State and bookings of each appointment that should stand in a calendar; one query."""
    there = Appointment.objects.filter(pk__in=ids, status__in=STANDS_THERE).exclude(
        branch__calendar=CalendarMode.OFF
    )
    return {pk: {"state": "pending", "bookings": []} for pk in there.values_list("pk", flat=True)}
