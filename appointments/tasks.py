"""What the worker does for the domain."""

from django.utils import timezone

from appointments import booking
from appointments.models import ApiReply


def sweep_reservations() -> int:
    """Clears expired holds out of the ledger; how many it were."""
    return booking.sweep(now=timezone.now())


def purge_api_replies() -> int:
    """Forgets answers that are no longer given again; how many it were."""
    deleted, _by_model = ApiReply.objects.expired(timezone.now()).delete()
    return deleted
