"""What became of holds, for Prometheus."""

from collections.abc import Sequence

from django.db import transaction

from appointments.models import Reservation
from appointments.models.ledger import MOVE, ReservationState
from integrations import metrics

COUNTED = {ReservationState.CONVERTED: True, ReservationState.EXPIRED: False}


def note_ended_holds(reservations: Sequence[Reservation], state: ReservationState) -> None:
    """Counted once it is committed. The old time of a move is nobody's wish."""
    if state not in COUNTED:
        return
    count = sum(not one.holder.startswith(MOVE) for one in reservations)
    labels = {"converted": metrics.yes_or_no(COUNTED[state])}
    transaction.on_commit(lambda: metrics.hold_expiry.labels(**labels).inc(count), robust=True)
