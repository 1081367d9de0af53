"""Changing when and what of an appointment at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appointments.booking.changes import Move, edit, reschedule
from appointments.booking.ledger import writes
from appointments.models import Appointment


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
    """Moves and edits in one step, both or neither; raises as ``reschedule`` and ``edit``."""
    current, seen = appointment, revision
    if to != Move():
        current = reschedule(current, to, now=now, revision=seen, overrides_hours=overrides_hours)
        seen = current.revision
    return edit(current, changes, now=now, revision=seen)
