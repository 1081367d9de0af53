"""What the worker does for the domain."""

from django.utils import timezone

from appointments import booking
from appointments.importing import uploads
from appointments.models import ApiReply, Import


def sweep_reservations() -> int:
    """Clears expired holds out of the ledger; how many it were."""
    return booking.sweep(now=timezone.now())


def purge_api_replies() -> int:
    """Forgets answers that are no longer given again; how many it were."""
    deleted, _by_model = ApiReply.objects.expired(timezone.now()).delete()
    return deleted


def run_import(import_id: int) -> bool:
    """Goes on with an import for some minutes; whether it is at its end."""
    run = Import.objects.select_related("company", "created_by").filter(pk=import_id).first()
    return run is None or uploads.work_on(run, clock=timezone.now)


def continue_imports() -> int:
    """Imports whose worker has died; how many came to their end. Every minute."""
    return uploads.continue_all(clock=timezone.now)


def purge_imports() -> int:
    """Uploaded files that are no longer needed; how many it were. Every hour."""
    return uploads.purge(now=timezone.now())
