"""What the worker does for the domain."""

from django.utils import timezone

from appointments import booking


def sweep_reservations() -> int:
    """Clears expired holds out of the ledger; how many it were."""
    return booking.sweep(now=timezone.now())
