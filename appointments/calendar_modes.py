"""A branch gets another calendar mode: stored with who did it, told to whoever follows, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from appointments import hooks
from appointments.models import Branch
from appointments.models.company import CalendarMode


@dataclass(frozen=True, slots=True)
class Switch:
    """``by``: a login, or what else acted. ``since``: an instant."""

    mode: CalendarMode
    since: datetime
    by: str


@transaction.atomic
def switch(branch: Branch, mode: CalendarMode) -> Branch:
    """Calls that run go on: what is held is booked in whichever mode the branch is by then."""
    stored = Branch.objects.select_for_update(no_key=True, of=("self",)).select_related("company")
    current = stored.get(pk=branch.pk)
    before = current.calendar
    if before != mode:
        current.calendar = mode
        current.save(update_fields=["calendar"])
        hooks.calendar_switched(current, before)
    return current


def switches(branch: Branch) -> Sequence[Switch]:
    """The latest first: since when the branch has been in which mode."""
    found: list[Switch] = []
    for row in branch.history.select_related("history_user").order_by("history_date", "history_id"):
        if not found or found[-1].mode != row.calendar:
            by = row.history_user.get_username() if row.history_user else row.actor
            found.append(
                Switch(CalendarMode(row.calendar), row.history_date, by or row.get_channel_display())
            )
    return found[::-1]


def former(branch: Branch) -> CalendarMode | None:
    """The mode before this one; None if it never had another."""
    return next((each.mode for each in switches(branch) if each.mode != branch.calendar), None)
