"""Waiting until nothing is left to do: no worker, no schedule and no person owes anything."""

import io
import time
from collections.abc import Callable
from contextlib import suppress

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from appointments.models import Reservation
from calls.models import CallEvent, CallEventOutcome
from integrations.models import (
    AppointmentNotice,
    BookingState,
    CalendarBooking,
    CalendarEvent,
    CalendarSync,
    EventOutcome,
    Message,
    MessageState,
    Promise,
    SyncState,
)

# The schedule comes every quarter of an hour; nobody here waits so long.
RECONCILE_EVERY = 20.0


def come_to_rest(tick: Callable[[float], None], *, bound: float) -> tuple[float, list[str]]:
    """Seconds until all was at rest, and what was not by ``bound``. ``tick`` lets the units live
    for so many seconds.
    """
    began = time.monotonic()
    next_comparison = began
    while time.monotonic() - began < bound:
        left = restless()
        # What a comparison finds gone makes room for something that waits.
        if not left and _compare() and not restless():
            return time.monotonic() - began, []
        if time.monotonic() >= next_comparison:
            print(f"  still waiting: {', '.join(left) or 'both sides differ'}", flush=True)
            _compare()
            next_comparison = time.monotonic() + RECONCILE_EVERY
        tick(1.0)
    return time.monotonic() - began, restless()


def _compare() -> bool:
    """``reconcile_calendar``: whether both sides could be compared, and nothing was found missing."""
    try:
        call_command("reconcile_calendar", stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit:
        return not _in_doubt()
    except DatabaseError:
        connection.close()
        return False
    return True


def _in_doubt() -> bool:
    rows = CalendarBooking.objects.filter(state=BookingState.EXISTS, missing_since__isnull=False)
    return bool(rows.filter(ends_at__gt=timezone.now()).exists())


def restless() -> list[str]:
    """A word for each kind of thing that still waits, with how many there are."""
    now = timezone.now()
    waiting = {
        "calendar pending": CalendarSync.objects.filter(state=SyncState.PENDING),
        "promise undecided": CalendarSync.objects.filter(promise=Promise.UNDECIDED),
        "attempts unknown": CalendarBooking.objects.filter(
            state__in=[BookingState.IN_FLIGHT, BookingState.UNKNOWN], ends_at__gt=now
        ).exclude(appointment__calendar_sync__state=SyncState.HALTED),
        "messages of the calendar": CalendarEvent.objects.filter(outcome=EventOutcome.NEW),
        "messages about calls": CallEvent.objects.filter(outcome=CallEventOutcome.NEW),
        "holds": Reservation.objects.held(),
        "customers to be told": AppointmentNotice.objects.filter(due_at__isnull=False),
        "messages to send": Message.objects.filter(
            state__in=[MessageState.WAITING, MessageState.HANDED_OVER]
        ),
    }
    with suppress(DatabaseError):
        counted = {name: rows.count() for name, rows in waiting.items()}
        return [f"{name}: {count}" for name, count in counted.items() if count]
    connection.close()
    return ["the database does not answer"]
