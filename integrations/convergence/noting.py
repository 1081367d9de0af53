"""Noting, in the writer's own transaction, that a calendar has to follow (incidents F4, F6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Max, Value, When
from django.utils import timezone

from appointments.audit import Channel, current_channel
from appointments.models import Appointment, Branch
from appointments.models.company import CalendarMode
from integrations import queue
from integrations.convergence.wanted import schedule_key
from integrations.models import CalendarSync, Promise, SyncState

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


def note_switch(branch: Branch, before: str) -> None:
    """The hook of ``appointments.hooks.on_calendar_switched``. Switched on, the calendar gets what is to come
    and hears of what has changed while it was off; switched off, what stands there stays.
    """
    if before != CalendarMode.OFF or not branch.calendar_is_on:
        return
    unknown, changed = unfollowed(branch, now=timezone.now())
    for appointment in changed:
        _pend_if_changed(appointment, schedule_key(appointment))
    note_import(unknown)
    if unknown or changed:
        queue.soon("integrations.tasks.sync_calendar")


def unfollowed(branch: Branch, *, now: datetime) -> tuple[list[Appointment], list[Appointment]]:
    """What is to come and the calendar has never heard of, and what it has last heard otherwise."""
    coming = Appointment.objects.filter(branch=branch, ends_at__gt=now).select_related("calendar_sync")
    unknown, changed = [], []
    for appointment in coming.order_by("starts_at", "pk"):
        appointment.branch = branch
        sync = getattr(appointment, "calendar_sync", None)
        if sync is None:
            unknown += [appointment] if appointment.is_blocking else []
        elif sync.wanted != schedule_key(appointment) and sync.promise != Promise.UNDECIDED:
            changed.append(appointment)
    return unknown, changed


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
