"""Which company a page is about."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from appointments.models import Company
from appointments.models.company import CalendarMode


def using_calendar() -> QuerySet[Company]:
    """Active companies of which a branch uses the calendar."""
    branches = Company.objects.filter(active=True, branches__active=True)
    return branches.exclude(branches__calendar=CalendarMode.OFF).distinct().order_by("name")


def company_of(request: HttpRequest) -> Company | None:
    """The one that the address names (``?company=slug``), or the first that uses the calendar."""
    slug = request.GET.get("company")
    return get_object_or_404(Company, slug=slug) if slug else using_calendar().first()
