"""An appointment as it is, under its lock; the caller's copy may be old."""

from collections.abc import Iterable

from appointments.booking.errors import Stale
from appointments.booking.ledger import lock_appointments
from appointments.models import Appointment


def locked(appointment: Appointment, revision: int | None, *, also: Iterable[int] = ()) -> Appointment:
    """The row under its lock. ``also``: appointments to be locked at the same time, since all are
    locked in one order. Raises ``Stale``.
    """
    rows = lock_appointments([appointment.pk, *also])
    (current,) = [row for row in rows if row.pk == appointment.pk]
    insist_on_the_same(current, appointment, revision)
    return current


def insist_on_the_same(current: Appointment, read: Appointment, revision: int | None) -> None:
    """The stylist too: it was the one read who was locked."""
    if current.staff_id != read.staff_id or revision not in {None, current.revision}:
        raise Stale
