"""What happens to an entry: it comes, is offered something, is booked, withdrawn, or its time passes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from appointments import booking
from appointments.availability import Request
from appointments.models import Appointment, Branch, Staff, WaitlistEntry
from appointments.models.appointment import Source
from appointments.models.waitlist import WAITING, WaitlistState
from appointments.waitlist.matching import MOST, RELATED, matches


@transaction.atomic
def add(entry: WaitlistEntry, *, by: Any, now: datetime) -> WaitlistEntry:
    """Stores a new one. Raises ``ValidationError``."""
    entry.created_at, entry.created_by, entry.now = now, by, now
    entry.full_clean()
    entry.save(force_insert=True)
    refresh_soon(entry.branch_id)
    return entry


@booking.writes
def take(entry: WaitlistEntry, *, staff: Staff, start: datetime, now: datetime) -> Appointment:
    """Books ``entry`` exactly there; both or neither. Raises ``SlotTaken`` or ``Unavailable`` if somebody was
    faster, and ``NotAllowed`` for one that does not wait any more.

    The entry is locked last of all, after whatever the writer locks.
    """
    request = Request(branch=entry.branch, service=entry.service, staff=staff, now=now)
    visit = booking.Visit(
        source=Source.STAFF,
        customer=entry.customer,
        notes=entry.note,
        staff_wished=entry.staff_id is not None,
    )
    appointment = booking.book(request, start=start, visit=visit)
    current = WaitlistEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if not current.is_waiting:
        raise booking.NotAllowed(_("This entry of the waitlist has been settled already."))
    _close(current, WaitlistState.BOOKED, appointment)
    return appointment


def offer(entries: Iterable[WaitlistEntry]) -> int:
    """Somebody has offered them something; they wait on. How many were changed."""
    return _change(entries, WaitlistState.OFFERED, reached_from=[WaitlistState.OPEN])


def withdraw(entries: Iterable[WaitlistEntry]) -> int:
    """They no longer want to come. How many were changed."""
    return _change(entries, WaitlistState.WITHDRAWN, reached_from=WAITING)


@transaction.atomic
def expire(branch: Branch, *, now: datetime) -> int:
    """Those whose last day has passed; how many it were."""
    today = now.astimezone(branch.zone).date()
    over = WaitlistEntry.objects.waiting().filter(branch=branch, last_day__lt=today)
    return _change(over, WaitlistState.EXPIRED, reached_from=WAITING)


def refresh(branch: Branch, *, now: datetime) -> int:
    """Looks again what is free for those who wait here, and remembers it for counting; for how many there
    is something.
    """
    expire(branch, now=now)
    rows = WaitlistEntry.objects.waiting().by_age().select_related(*RELATED)
    entries = list(rows.filter(branch=branch)[:MOST])
    found = {match.entry.pk: match.slots[0].start for match in matches(entries, now=now)}
    for entry in entries:
        if entry.fits_at != found.get(entry.pk):
            WaitlistEntry.objects.filter(pk=entry.pk).update(fits_at=found.get(entry.pk))
    return len(found)


def refresh_soon(branch_id: int) -> None:
    """Once the transaction is committed, by the worker; nothing to do where nobody waits. Losing it costs a
    minute: a schedule looks at all branches.
    """
    # No partial: whatever fails in it is logged by its name, and a partial has none.
    transaction.on_commit(lambda: _queue(branch_id), robust=True)


def _queue(branch_id: int) -> None:
    if WaitlistEntry.objects.waiting().filter(branch=branch_id).exists():
        async_task("appointments.tasks.refresh_waitlist", branch_id)


def note_change(appointment: Appointment) -> None:
    """Whatever changes an appointment may give somebody time, or take it."""
    refresh_soon(appointment.branch_id)


@transaction.atomic
def _change(entries: Iterable[WaitlistEntry], state: WaitlistState, *, reached_from: Iterable[str]) -> int:
    ids = [entry.pk for entry in entries]
    rows = WaitlistEntry.objects.filter(pk__in=ids, state__in=list(reached_from)).order_by("pk")
    changing = list(rows.select_for_update(of=("self",)))
    for entry in changing:
        _close(entry, state)
    return len(changing)


def _close(entry: WaitlistEntry, state: WaitlistState, appointment: Appointment | None = None) -> None:
    entry.state, entry.appointment = state, appointment
    entry.save(update_fields=["state", "appointment"])
