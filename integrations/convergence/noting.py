"""Noting, in the writer's own transaction, that a calendar has to follow (incidents F4, F6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Max, Value, When
from django.utils import timezone

from appointments.audit import Channel, current_channel
from appointments.models import Appointment
from integrations import queue
from integrations.convergence.wanted import schedule_key
from integrations.models import CalendarSync, SyncState

TASK = "integrations.tasks.converge_appointment"
# So far apart the appointments of an import take their turn: about as fast as Cal.com lets the worker ask.
TURN = timedelta(seconds=2)


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


def note_import(appointments: Sequence[Appointment]) -> None:
    """The hook of ``appointments.hooks.on_import``. Each is pending from its own turn on, the next to come
    first: nobody is alarmed that a thousand appointments are not at Cal.com five minutes later, and the
    worker's minute comes round without a task for each.
    """
    followed = sorted((one for one in appointments if one.branch.calendar_is_on), key=_start)
    if not followed:
        return
    company, now = followed[0].company_id, timezone.now()
    waiting = CalendarSync.objects.filter(company=company, state=SyncState.PENDING)
    last = waiting.aggregate(last=Max("next_try_at"))["last"]
    first = now if last is None else max(now, last + TURN)
    CalendarSync.objects.bulk_create(
        CalendarSync(
            company_id=company,
            appointment=one,
            wanted=schedule_key(one),
            pending_since=first + place * TURN,
            next_try_at=first + place * TURN,
        )
        for place, one in enumerate(followed)
    )


def _start(appointment: Appointment) -> datetime:
    return appointment.starts_at


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
