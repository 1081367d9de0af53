"""What a change can touch besides its own appointment: found and locked before anything is decided.

Found under the lock of the stylists, without which none of it can come or go; locked in the one order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appointments.models import Allocation, Appointment, Reservation
from appointments.models.appointment import AppointmentQuerySet
from appointments.models.imports import QuarantineKind
from appointments.models.ledger import AllocationQuerySet
from appointments.rules.periods import Period

# No plan is longer, so older starts need not be looked through.
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Around:
    """Ids of rows. ``moves``: reservations with the old time of undecided moves of the appointments.
    ``waiting``: conflicts that lie where time may be freed, in their turn. ``holds``: reservations
    that stand where these would go.
    """

    moves: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    holds: tuple[int, ...] = ()

    @property
    def reservations(self) -> set[int]:
        return {*self.moves, *self.holds}


def around(appointments: Sequence[Appointment], *, now: datetime) -> Around:
    """What the appointments and their moves could free, and for whom."""
    ids = [appointment.pk for appointment in appointments]
    moves = dict(Reservation.objects.moves_of(ids).undecided().values_list("pk", "staff_id"))
    staff = {*moves.values(), *(appointment.staff_id for appointment in appointments)}
    own = Allocation.objects.filter(appointment__in=ids) | Allocation.objects.filter(
        reservation__in=list(moves)
    )
    return _around(tuple(moves), staff, own, now, but=ids)


def around_moves(moves: Sequence[Reservation], *, now: datetime) -> Around:
    """What the end of these moves could free, and for whom."""
    ids = tuple(move.pk for move in moves)
    own = Allocation.objects.filter(reservation__in=ids)
    return _around(ids, {move.staff_id for move in moves}, own, now)


def _around(
    moves: tuple[int, ...],
    staff: Iterable[int],
    freed: AllocationQuerySet,
    now: datetime,
    *,
    but: Iterable[int] = (),
) -> Around:
    conflicts = _conflicts(staff, now).exclude(pk__in=but)
    if not conflicts:  # the usual case, and the only question then
        return Around(moves)
    freed_periods = [(allocation.staff_id, allocation.period) for allocation in freed]
    waiting = [one for one in conflicts if _lies_in(one, freed_periods)]
    return Around(moves, tuple(one.pk for one in waiting), tuple(_in_the_way_of(waiting)))


def _conflicts(staff: Iterable[int], now: datetime) -> AppointmentQuerySet:
    """Those that have not ended; whoever came first is first. Not a duplicate out of an import: whoever
    cancels an appointment does not come on account of its double.
    """
    conflicts = Appointment.objects.in_conflict().filter(staff__in=list(staff))
    conflicts = conflicts.exclude(quarantine__kind=QuarantineKind.DUPLICATE)
    coming = conflicts.filter(starts_at__gt=now - LONGEST, ends_at__gt=now)
    return coming.order_by("created_at", "pk").prefetch_related("phases")


def _lies_in(conflict: Appointment, freed: Iterable[tuple[int, Period]]) -> bool:
    taken = conflict.plan.taken_at(conflict.starts_at)
    return any(
        staff_id == conflict.staff_id and any(period.overlaps(other) for other in taken)
        for staff_id, period in freed
    )


def _in_the_way_of(waiting: Iterable[Appointment]) -> list[int]:
    return [
        pk
        for one in waiting
        for pk in reservations_in_the_way(one.staff_id, one.plan.taken_at(one.starts_at))
    ]


def reservations_in_the_way(staff_id: int, periods: Iterable[Period]) -> list[int]:
    """Expired ones too: they still stand in the ledger."""
    rows = Allocation.objects.conflicting_with(staff_id, periods).filter(reservation__isnull=False)
    return list(rows.values_list("reservation_id", flat=True))
