"""Noting, in the writer's own transaction, that a calendar has to follow (incidents F4, F6)."""

from typing import Any

from django.db.models import Case, F, Value, When
from django.utils import timezone

from appointments.audit import Channel, current_channel
from appointments.models import Appointment
from integrations import queue
from integrations.convergence.wanted import schedule_key
from integrations.models import CalendarSync, SyncState

TASK = "integrations.tasks.converge_appointment"


def note_change(appointment: Appointment) -> None:
    """The hook of ``appointments.hooks.on_change``: one statement, and a task for the worker.

    What leaves the schedule as it was leaves the calendar's state as it was; a halted one goes on.
    While a branch's calendar is off, what stands there stays.
    """
    if not appointment.branch.calendar_is_on:
        return
    wanted = schedule_key(appointment)
    if appointment.revision == 1 or not _pend_if_changed(appointment, wanted):
        now = timezone.now()
        CalendarSync.objects.create(
            company_id=appointment.company_id,
            appointment=appointment,
            wanted=wanted,
            pending_since=now,
            next_try_at=now,
        )
    # A call does it itself, while the caller waits.
    if current_channel() != Channel.PHONE:
        queue.soon(TASK, appointment.pk)


def _pend_if_changed(appointment: Appointment, wanted: str) -> bool:
    """Whether there is a row for it."""
    now = timezone.now()
    new: dict[str, Any] = {
        "state": SyncState.PENDING,
        "pending_since": now,
        "next_try_at": now,
        "alarmed_at": None,
        "failures": 0,
        "exempt": False,
        "error_code": "",
        "error_detail": "",
    }
    rows = CalendarSync.objects.filter(appointment=appointment)
    return bool(
        rows.update(
            wanted=wanted,
            **{
                field: Case(When(wanted=wanted, then=F(field)), default=Value(value))
                for field, value in new.items()
            },
        )
    )
