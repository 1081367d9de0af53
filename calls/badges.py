"""What the navigation counts."""

from django.http import HttpRequest

from calls.models import Callback

MOST = 99


def open_callbacks(request: HttpRequest) -> str:
    """One look into the index of open callbacks; empty for none."""
    count = Callback.objects.open()[: MOST + 1].count()
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"
