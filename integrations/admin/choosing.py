"""Which company a page is about."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from appointments.access import access_of
from appointments.models import Company
from appointments.models.company import CalendarMode


def using_calendar(request: HttpRequest) -> QuerySet[Company]:
    """Active companies of the login of which a branch uses the calendar."""
    branches = Company.objects.filter(active=True, branches__active=True)
    using = branches.exclude(branches__calendar=CalendarMode.OFF).distinct().order_by("name")
    return access_of(request.user).scope(using, company="pk")


def company_of(request: HttpRequest) -> Company | None:
    """The one that the address names (``?company=slug``), or the first that uses the calendar."""
    slug = request.GET.get("company")
    own = access_of(request.user).scope(Company.objects.all(), company="pk")
    return get_object_or_404(own, slug=slug) if slug else using_calendar(request).first()
