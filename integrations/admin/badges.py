"""What the navigation counts."""

from django.http import HttpRequest

from appointments.access import access_of
from integrations.models import CalendarCase

MOST = 99


def open_cases(request: HttpRequest) -> str:
    """One look into the index of open cases; empty for none."""
    open_ = CalendarCase.objects.filter(solved_at=None)
    own = access_of(request.user).scope(open_, branch="appointment__branch")
    count = own[: MOST + 1].count()
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"
