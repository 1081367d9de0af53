"""Changing what an appointment says, alone or together with its time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appointments.booking.changes import Move, reschedule
from appointments.booking.current import locked
from appointments.booking.ledger import writes
from appointments.booking.saving import announce, update
from appointments.models import Appointment

EDITABLE = ("customer", "attendee_name", "contact_phone", "notes", "price")


@writes
def edit(
    appointment: Appointment, changes: Mapping[str, Any], *, now: datetime, revision: int | None = None
) -> Appointment:
    """Changes what does not touch the time: ``customer``, ``attendee_name``, ``contact_phone``,
    ``notes``, ``price``. Phases stay as promised, even if those of the service have changed since.
    """
    current = locked(appointment, revision)
    if not changes:
        return current
    for name, value in changes.items():
        if name not in EDITABLE:
            raise ValueError(name)
        setattr(current, name, value)
    update(current, now=now, fields=tuple(changes))
    announce(current)
    return current


@writes
def amend(
    appointment: Appointment,
    *,
    to: Move,
    changes: Mapping[str, Any],
    now: datetime,
    revision: int | None = None,
    overrides_hours: bool = False,
) -> Appointment:
    """Moves and edits in one step, both or neither; raises as ``reschedule`` and :func:`edit`."""
    current, seen = appointment, revision
    if to != Move():
        current = reschedule(current, to, now=now, revision=seen, overrides_hours=overrides_hours)
        seen = current.revision
    return edit(current, changes, now=now, revision=seen)
