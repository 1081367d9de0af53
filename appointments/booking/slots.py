"""Asking the solver under the lock, stylist by stylist, and wording its refusals."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from appointments.availability import Reason, Request, Slot, Verdict, check
from appointments.booking.errors import SlotTaken, Unavailable
from appointments.booking.ledger import attempt, lock_staff
from appointments.conflicts import Conflict
from appointments.models import Allocation, Staff

R = TypeVar("R")


def with_first_available(request: Request, start: datetime, make: Callable[[Slot], R]) -> R:
    """What ``make`` does with the slot of the wished stylist, or of the first who is really free.

    The stylist is locked before the question that counts. Of several, each is tried in a savepoint
    of its own. Raises ``SlotTaken`` or ``Unavailable``.
    """
    if request.staff is not None:
        return make(_locked_slot(request, request.staff, start))
    verdict = check(request, start=start)
    lost: Unavailable | None = None
    for slot in verdict.slots:
        try:
            with attempt():
                return make(_locked_slot(request, slot.staff, start))
        except Unavailable as error:
            lost = error
    raise lost or refusal(request, verdict)


def _locked_slot(request: Request, staff: Staff, start: datetime) -> Slot:
    lock_staff(staff.pk)
    return still_free(request, staff, start)


def still_free(request: Request, staff: Staff, start: datetime) -> Slot:
    """The slot as it is now that its stylist is locked; raises ``SlotTaken`` or ``Unavailable``.

    Hours and absences are read too: whoever writes those takes the same lock.
    """
    alone = request.with_staff(staff)
    verdict = check(alone, start=start)
    if not verdict.is_free:
        raise refusal(alone, verdict)
    return verdict.slots[0]


def refusal(request: Request, verdict: Verdict) -> Unavailable:
    """The error for a verdict that is not *free*."""
    if verdict.reason is None:
        raise ValueError(verdict)
    if verdict.reason is Reason.TAKEN:
        conflicts = _conflicts_with(request, verdict.refused)
        # Of anybody there is no single one to name in a sentence.
        single = conflicts[0] if request.staff and conflicts else None
        return SlotTaken(single, conflicts=conflicts)
    return Unavailable(verdict.reason)


def _conflicts_with(request: Request, slots: Sequence[Slot]) -> list[Conflict]:
    """Who stands where these stylists would have to be, each once, by time. One query."""
    periods = {slot.staff.pk: slot.plan.taken_at(slot.start) for slot in slots}
    others = Allocation.objects.conflicting_with_any(periods).in_force(request.now)
    if request.appointment_id is not None:
        others = others.exclude(appointment=request.appointment_id)
    return list(dict.fromkeys(Conflict.of(other) for other in others.select_related(*Conflict.RELATED)))
