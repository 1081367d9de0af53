"""The solver's questions: which starts are free, and is this one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appointments.availability.request import Request
from appointments.availability.snapshot import Snapshot, StaffTime, load, local_day
from appointments.availability.solver import Reason, Slot, free_starts_of, is_free, reason_against


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one start. ``slots``: who is free then, best first; if nobody is, ``reason``
    and in ``refused`` what each who offers the service would have needed.
    """

    slots: Sequence[Slot]
    reason: Reason | None
    refused: Sequence[Slot] = ()

    @property
    def is_free(self) -> bool:
        return bool(self.slots)


def free_starts(request: Request, *, first: date, last: date) -> list[Slot]:
    """Every free start from ``first`` to ``last`` (local days, both included), by time.

    ``check`` says *free* for exactly these starts.
    """
    snapshot = load(request, first, last)
    slots = [
        Slot(time.staff, start, time.plan)
        for time in snapshot.staff
        for start in free_starts_of(time, snapshot)
    ]
    slots.sort(key=lambda slot: slot.start)  # stable: stylists stay in the order of the snapshot
    return slots


def check(request: Request, *, start: datetime) -> Verdict:
    """Whether exactly ``start`` is free: no tolerance, no rounding (incidents A26, A27)."""
    day = request.local_date(start)
    snapshot = load(request, day, day)
    free = [time for time in snapshot.staff if is_free(time, snapshot, start)]
    if not free:
        refused = [Slot(time.staff, start, time.plan) for time in snapshot.staff]
        return Verdict((), reason_against(snapshot, start), refused)
    free.sort(key=lambda time: preference(time, snapshot, start))
    return Verdict([_slot(time, start) for time in free], None)


def _slot(time: StaffTime, start: datetime) -> Slot:
    stretches = time.plan.taken_at(start)
    overdue = {pk for pk, period in time.overdue if any(period.overlaps(stretch) for stretch in stretches)}
    return Slot(time.staff, start, time.plan, tuple(sorted(overdue)))


def preference(time: StaffTime, snapshot: Snapshot, start: datetime) -> tuple[bool, float, int]:
    """Order of stylists for a wish without one: not whom this conversation already holds for
    somebody else (mother and child at ten), then whoever has the emptiest day.
    """
    day = local_day(snapshot.request, start)
    stretches = time.plan.taken_at(start)
    held = any(hold.overlaps(stretch) for hold in time.own_holds for stretch in stretches)
    return held, time.booked_time(day).total_seconds(), time.staff.pk
