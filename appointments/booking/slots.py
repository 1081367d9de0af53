"""Asking the solver again under the lock, and wording its refusals."""

from collections.abc import Sequence

from appointments.availability import Reason, Request, Slot, Verdict, check
from appointments.booking.errors import SlotTaken, Unavailable
from appointments.conflicts import Conflict
from appointments.models import Allocation


def still_free(request: Request, slot: Slot) -> Slot:
    """The slot as it is now that its stylist is locked; raises ``SlotTaken`` or ``Unavailable``.

    Hours and absences are read again too: whoever writes those takes the same lock.
    """
    alone = request.with_staff(slot.staff)
    verdict = check(alone, start=slot.start)
    if not verdict.is_free:
        raise refusal(alone, verdict)
    return verdict.slots[0]


def refusal(request: Request, verdict: Verdict) -> Unavailable:
    """The error for a verdict. Free all the same means that every stylist was lost to a faster one."""
    if verdict.reason is None:
        return SlotTaken()
    if verdict.reason is Reason.TAKEN:
        conflicts = _conflicts_with(request, verdict.refused)
        # Of anybody there is no single one to name in a sentence.
        single = conflicts[0] if request.staff and conflicts else None
        return SlotTaken(single, conflicts=conflicts)
    return Unavailable(verdict.reason)


def _conflicts_with(request: Request, slots: Sequence[Slot]) -> list[Conflict]:
    """Who stands where these stylists would have to be, each once, by time. One query."""
    periods = {slot.staff.pk: [stretch.at(slot.start) for stretch in slot.plan.stretches()] for slot in slots}
    others = Allocation.objects.conflicting_with_any(periods).in_force(request.now)
    if request.appointment_id is not None:
        others = others.exclude(appointment=request.appointment_id)
    return list(dict.fromkeys(Conflict.of(other) for other in others.select_related(*Conflict.RELATED)))
