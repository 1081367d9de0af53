"""What the export says about the calendar."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from appointments.models import Appointment
from appointments.models.appointment import BLOCKING, Status
from appointments.models.company import CalendarMode
from integrations.models import BookingState, CalendarBooking, CalendarSync, SyncState

# What was promised stands in the calendar, also after it was kept or missed.
STANDS_THERE = (*BLOCKING, Status.COMPLETED, Status.NO_SHOW)


def calendar_states(ids: Sequence[int]) -> Mapping[int, Any]:
    """State and bookings of each appointment that stands, or should stand, in a calendar; three
    queries. ``state``: ``synced``, ``pending`` (also what waits for a person) or ``none``.
    """
    bookings = _bookings(ids)
    syncs = dict(CalendarSync.objects.filter(appointment__in=ids).values_list("appointment", "state"))
    expected = set(
        Appointment.objects.filter(pk__in=ids, status__in=STANDS_THERE)
        .exclude(branch__calendar=CalendarMode.OFF)
        .values_list("pk", flat=True)
    )
    return {
        pk: {
            "state": _state(syncs.get(pk), expected=pk in expected, stands=pk in bookings),
            "bookings": bookings.get(pk, []),
        }
        for pk in {*expected, *bookings, *syncs}
    }


def _state(state: str | None, *, expected: bool, stands: bool) -> str:
    if state in {SyncState.SYNCED, SyncState.NONE}:
        return str(state)
    return "pending" if expected or stands else "none"


def _bookings(ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By appointment; times with the offset that the salon's zone has then."""
    rows = CalendarBooking.objects.filter(appointment__in=ids, state=BookingState.EXISTS)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.select_related("company").order_by("starts_at", "pk"):
        zone = row.company.zone
        found[row.appointment_id or 0].append(
            {
                "uid": row.uid,
                "starts_at": row.starts_at.astimezone(zone).isoformat(),
                "ends_at": row.ends_at.astimezone(zone).isoformat(),
                "event_type_id": row.event_type_id,
            }
        )
    return found
