"""Making way for a slot: the locks, expired holds, and the conversation's own older holds."""

from collections.abc import Sequence

from appointments.availability import Request, Slot
from appointments.booking.ledger import end_reservations, lock_reservations
from appointments.models import Reservation
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period


def clear_the_way(request: Request, slot: Slot, *, person: str = "", most_others: int | None = None) -> None:
    """Ends the holds that must not stand in the way of ``slot``, whose stylist is locked.

    Those are expired ones, and of ``request.holder``'s own: the ones for the same wish (service and
    person) and the ones whose time overlaps. ``most_others``: of the rest so many stay, the newest.
    """
    ids = set(slot.overdue)
    if request.holder:
        own = Reservation.objects.live(request.now).filter(holder=request.holder)
        ids.update(own.values_list("pk", flat=True))
    locked = lock_reservations(ids) if ids else []
    held = [other for other in locked if other.state == ReservationState.HELD]
    # Read before its own lock, an expired hold may just have been released: look again.
    end_reservations([other for other in held if not other.is_live(request.now)], ReservationState.EXPIRED)
    own_live = [other for other in held if other.is_live(request.now) and other.holder == request.holder]
    end_reservations(
        _replaced(own_live, request, slot, person=person, most_others=most_others), ReservationState.REPLACED
    )


def _replaced(
    own: Sequence[Reservation],
    request: Request,
    slot: Slot,
    *,
    person: str,
    most_others: int | None,
) -> list[Reservation]:
    periods = [stretch.at(slot.start) for stretch in slot.plan.stretches()]
    replaced: list[Reservation] = []
    kept: list[Reservation] = []
    for other in sorted(own, key=lambda other: (other.created_at, other.pk)):
        same_wish = (other.service_id, other.person) == (request.service.pk, person)
        (replaced if same_wish or _overlaps(other, slot, periods) else kept).append(other)
    surplus = 0 if most_others is None else max(len(kept) - most_others, 0)
    return replaced + kept[:surplus]


def _overlaps(other: Reservation, slot: Slot, periods: Sequence[Period]) -> bool:
    if other.staff_id != slot.staff.pk:
        return False
    taken = [stretch.at(other.starts_at) for stretch in other.plan.stretches()]
    return any(one.overlaps(period) for one in taken for period in periods)
