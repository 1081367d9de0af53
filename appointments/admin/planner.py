"""The planner: the page that staff land on, and what it asks every few seconds."""

from dataclasses import asdict
from datetime import date, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.access import access_of
from appointments.models import Branch
from appointments.planner import day_of, version_of

DAY = timedelta(days=1)
# Neighbours of these cannot be linked to.
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


def start(request: HttpRequest) -> HttpResponse:
    """The admin's first page: the planner for whoever may see appointments."""
    if request.user.has_perm("appointments.view_appointment"):
        return redirect("planner")
    return admin.site.index(request)


@require_safe
def planner(request: HttpRequest) -> HttpResponse:
    branches = _branches(request)
    branch = _chosen(request, branches)
    now = timezone.now()
    access = access_of(request.user)
    day, problem = timezone.localdate(now), ""
    context = {**admin.site.each_context(request), "title": _("Planner"), "branches": branches}
    if branch is not None:
        day = timezone.localdate(now, branch.zone)
        asked = request.GET.get("day", "")
        wanted = _parsed(asked)
        if asked and wanted is None:
            problem = _("“%(day)s” is not a day. Today is shown.") % {"day": asked[:20]}
        day = wanted or day
        # Asked first: what changes in between is then noticed by the next question.
        context["version"] = version_of(access, branch, day, now=now)
        context["planner"] = day_of(access, branch, day, now=now)
    context |= {"branch": branch, "day": day, "before": day - DAY, "after": day + DAY, "problem": problem}
    return TemplateResponse(request, "admin/appointments/planner/day.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The day as JSON; 304 as long as it is as the screen has it. Instants are in UTC."""
    branch = _chosen(request, _branches(request))
    day = _parsed(request.GET.get("day", ""))
    if branch is None or day is None:
        raise Http404
    now, access = timezone.now(), access_of(request.user)
    etag = f'"{version_of(access, branch, day, now=now)}"'
    unchanged = request.headers.get("If-None-Match") == etag
    answer: HttpResponse = (
        HttpResponseNotModified() if unchanged else JsonResponse(asdict(day_of(access, branch, day, now=now)))
    )
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


def _branches(request: HttpRequest) -> "QuerySet[Branch]":
    """What this login may see. Raises ``PermissionDenied``."""
    if not request.user.has_perm("appointments.view_appointment"):
        raise PermissionDenied
    rows = Branch.objects.filter(active=True, company__active=True).select_related("company")
    return access_of(request.user).scope(rows, branch="pk").order_by("company__name", "name", "pk")


def _chosen(request: HttpRequest, branches: "QuerySet[Branch]") -> Branch | None:
    """The branch asked for, else the first. Another company's does not exist."""
    asked = request.GET.get("branch", "")
    if not asked:
        return branches.first()
    found = next((branch for branch in branches if str(branch.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _parsed(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None
