"""What the navigation counts."""

from django.http import HttpRequest

from appointments.admin.worklist import badge_of


def open_cases(request: HttpRequest) -> str:
    return badge_of(request, "cases")
