"""Making way for a slot: the locks, expired holds, and the conversation's own older holds."""

from collections.abc import Iterable, Sequence

from appointments.availability import Request, Slot
from appointments.booking.ledger import end_reservations, lock_reservations, overdue_in_the_way
from appointments.models import Reservation
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period


def clear_the_way(
    request: Request,
    slot: Slot,
    *,
    person: str = "",
    most_others: int | None = None,
    also: Iterable[int] = (),
) -> None:
    """Ends the holds that must not stand in the way of ``slot``, whose stylist is locked.

    Those are expired ones, and of ``request.holder``'s own: the ones for the same wish (service and
    person) and the ones whose time overlaps. ``most_others``: of the rest so many stay, the newest.
    ``also``: reservations to be locked at the same time, since all are locked in one order.
    """
    ids = {*slot.overdue, *also}
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


def make_way(request: Request, slot: Slot, *, also: Iterable[int] = ()) -> None:
    """As for a new appointment, before anything is decided: reservations are locked before
    appointments.
    """
    overdue = overdue_in_the_way(slot.staff.pk, slot.plan.taken_at(slot.start), request.now)
    clear_the_way(request, slot._replace(overdue=tuple(overdue)), also=also)


def _replaced(
    own: Sequence[Reservation],
    request: Request,
    slot: Slot,
    *,
    person: str,
    most_others: int | None,
) -> list[Reservation]:
    periods = slot.plan.taken_at(slot.start)
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
    taken = other.plan.taken_at(other.starts_at)
    return any(one.overlaps(period) for one in taken for period in periods)
