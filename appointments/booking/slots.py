"""Asking the solver again under the lock, and wording its refusals."""

from datetime import datetime

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
        raise refusal(alone, verdict, slot.start)
    return verdict.slots[0]


def refusal(request: Request, verdict: Verdict, start: datetime) -> Unavailable:
    """The error for a verdict that is not *free*."""
    if verdict.reason is None:
        raise ValueError(start)
    if verdict.reason is Reason.TAKEN:
        return SlotTaken(_conflict_at(request, start))
    return Unavailable(verdict.reason)


def _conflict_at(request: Request, start: datetime) -> Conflict | None:
    """Who stands where the wished stylist would have to be. Of anybody there is no single one."""
    if request.staff is None:
        return None
    plan = request.staff.plan_for(request.service)
    periods = [stretch.at(start) for stretch in plan.stretches()]
    others = Allocation.objects.conflicting_with(request.staff.pk, periods).in_force(request.now)
    if request.appointment_id is not None:
        others = others.exclude(appointment=request.appointment_id)
    other = others.select_related(*Conflict.RELATED).first()
    return Conflict.of(other) if other else None
