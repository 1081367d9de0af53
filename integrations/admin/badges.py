"""What the navigation counts."""

from django.http import HttpRequest

from integrations.models import CalendarCase

MOST = 99


def open_cases(request: HttpRequest) -> str:
    """One look into the index of open cases; empty for none."""
    count = CalendarCase.objects.filter(solved_at=None)[: MOST + 1].count()
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"
