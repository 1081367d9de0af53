"""Entries at Cal.com under a name that has to go: Cal.com cannot rename, so they are made anew."""

from datetime import datetime

from django.db.models import QuerySet

from appointments.models import Appointment
from integrations import queue
from integrations.convergence.noting import TASK
from integrations.models import POSSIBLE, CalendarBooking, CalendarSync, SyncState


def under_no_name(appointments: "QuerySet[Appointment]", *, now: datetime) -> int:
    """In the transaction in which ``appointments`` lose their person: notes that their coming entries are to
    be cancelled and booked again; how many entries. What has begun stays as it is: Cal.com books nothing
    into the past.
    """
    coming = appointments.blocking().filter(starts_at__gt=now)  # type: ignore[attr-defined] # its own
    rows = CalendarBooking.objects.filter(appointment__in=coming, state__in=POSSIBLE)
    ids = sorted(set(rows.values_list("appointment", flat=True)))
    marked = rows.update(outdated=True)
    # One that waits for a person's decision is booked anew when there is one.
    syncs = CalendarSync.objects.filter(appointment__in=ids).exclude(state=SyncState.HALTED)
    syncs.update(state=SyncState.PENDING, pending_since=now, next_try_at=now, failures=0, error_code="")
    for pk in ids:
        queue.soon(TASK, pk)
    return marked
