"""What the navigation counts."""

from django.http import HttpRequest

from appointments.access import access_of
from calls.models import Callback

MOST = 99


def open_callbacks(request: HttpRequest) -> str:
    """One look into the index of open callbacks; empty for none."""
    own = access_of(request.user).scope(Callback.objects.open(), branch="branch")
    count = own[: MOST + 1].count()
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"
