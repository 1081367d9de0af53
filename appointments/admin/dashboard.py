"""The dashboard: a period and a branch in the address, a tile for each matter."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.access import access_of
from appointments.admin.charts import drawn
from appointments.insights import Frame, read_span, tiles_for
from appointments.insights.spans import CHOICES, words_of
from appointments.models import Branch, Company


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """What cannot be shown is said, and something that can is shown."""
    if not request.user.has_perm("appointments.view_insights"):
        raise PermissionDenied
    problems: list[str] = []
    companies = _companies(request)
    company = _chosen(
        companies, request.GET.get("company", ""), "slug", _("There is no such company."), problems
    )
    company = company or next(iter(companies), None)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Dashboard"),
        "companies": companies,
        "company": company,
        "choices": CHOICES,
        "problems": problems,
    }
    if company is not None:
        context |= _tiles(request, company, problems)
    return TemplateResponse(request, "admin/appointments/dashboard/page.html", context)


def _tiles(request: HttpRequest, company: Company, problems: list[str]) -> dict[str, Any]:
    access, now = access_of(request.user), timezone.now()
    every = list(access.scope(Branch.objects.filter(company=company), branch="pk").order_by("name", "pk"))
    for each in every:
        each.company = company
    sentence = _("There is no such branch. All are shown.")
    branch = _chosen(every, request.GET.get("branch", ""), "pk", sentence, problems)
    span, problem = read_span(request.GET, now=now, zone=company.zone)
    if problem:
        problems.append(problem)
    frame = Frame(
        access=access,
        company=company,
        branches=every if branch is None else [branch],
        branch=branch,
        span=span,
        now=now,
    )
    return {
        "frame": frame,
        "branches": [each for each in every if each.active or each == branch],
        "days_shown": words_of(span.first, span.last),
        "tiles": [drawn(tile) for tile in tiles_for(request.user, frame)],
    }


def _companies(request: HttpRequest) -> list[Company]:
    every = Company.objects.filter(active=True)
    return list(access_of(request.user).scope(every, company="pk").order_by("name"))


def _chosen(rows: list[Any], asked: str, field: str, sentence: str, problems: list[str]) -> Any:
    """What the address names; None for nothing, and with a sentence for what is not there."""
    found = next((row for row in rows if str(getattr(row, field)) == asked), None)
    if asked and found is None:
        problems.append(sentence)
    return found
