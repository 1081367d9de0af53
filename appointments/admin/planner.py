"""The planner: the page that staff land on, and what it asks every few seconds."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.access import Access, access_of
from appointments.admin.board_texts import TEXTS
from appointments.models import Branch, Service, Staff
from appointments.planner import Day, board_of, day_of, version_of

DAY = timedelta(days=1)
# Neighbours of these cannot be linked to.
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class View:
    """What a screen shows: a day of the branch, or the week of one stylist around it."""

    branch: Branch
    day: date
    staff: Staff | None = None
    week: bool = False

    @property
    def days(self) -> list[date]:
        monday = self.day - self.day.weekday() * DAY
        return [monday + number * DAY for number in range(7)] if self.week else [self.day]

    @property
    def step(self) -> timedelta:
        return 7 * DAY if self.week else DAY

    @property
    def query(self) -> dict[str, Any]:
        staff = {"staff": self.staff.pk} if self.staff else {}
        return {"branch": self.branch.pk, **staff, **({"view": "week"} if self.week else {})}


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
    context = {**admin.site.each_context(request), "title": _("Planner"), "branches": branches}
    context |= {"branch": branch, "day": timezone.localdate(now), "problem": ""}
    if branch is not None:
        today = timezone.localdate(now, branch.zone)
        asked = request.GET.get("day", "")
        wanted = _parsed(asked)
        if asked and wanted is None:
            context["problem"] = _("“%(day)s” is not a day. Today is shown.") % {"day": asked[:20]}
        view = _view(request, access, branch, wanted or today)
        context |= _shown(request, access, view, now)
    return TemplateResponse(request, "admin/appointments/planner/day.html", context)


def _shown(request: HttpRequest, access: Access, view: View, now: Any) -> dict[str, Any]:
    # Asked first: what changes in between is then noticed by the next question.
    version = _version(access, view, now)
    days = _days(access, view, now)
    return {
        "version": version,
        "planner": next(day for day in days if day.date == view.day),
        "board": _config(request, view, days, version),
        "day": view.day,
        "before": view.day - view.step,
        "after": view.day + view.step,
        "view": view,
        "query": urlencode(view.query),
        "people": list(_people(access, view.branch).filter(active=True)),
    }


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The blocks as JSON; 304 as long as the day is as the screen has it."""
    branch = _chosen(request, _branches(request))
    day = _parsed(request.GET.get("day", ""))
    if branch is None or day is None:
        raise Http404
    now, access = timezone.now(), access_of(request.user)
    view = _view(request, access, branch, day)
    etag = f'"{_version(access, view, now)}"'
    answer: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponseNotModified()
    elif request.method == "HEAD":  # whether it has changed is all that is asked
        answer = HttpResponse(content_type="application/json")
    else:
        answer = JsonResponse(
            board_of(_days(access, view, now), branch.zone, may_change=_may_change(request))
        )
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


def _days(access: Access, view: View, now: Any) -> list[Day]:
    staff = view.staff.pk if view.staff else None
    return [day_of(access, view.branch, day, now=now, staff=staff) for day in view.days]


def _version(access: Access, view: View, now: Any) -> str:
    return "-".join(version_of(access, view.branch, day, now=now)[:16] for day in view.days)


def _config(request: HttpRequest, view: View, days: list[Day], version: str) -> dict[str, Any]:
    """What the script needs; everything else it asks the feed for."""
    may_book = request.user.has_perm("appointments.add_appointment")
    zone = view.branch.zone
    noon = datetime.combine(view.day, time(12), tzinfo=zone)
    columns = {column.staff_id: column.name for day in days for column in day.columns}
    return {
        **board_of(days, zone, may_change=_may_change(request)),
        "version": version,
        "feed": reverse("planner-feed", query={**view.query, "day": view.day.isoformat()}),
        "urls": {
            "move": reverse("planner-move"),
            "book": reverse("planner-book"),
            "takeBack": reverse("planner-take-back"),
            "customers": reverse("planner-customers", query={"branch": view.branch.pk}),
            "appointment": reverse("admin:appointments_appointment_change", args=[0]),
            "waiting": reverse("admin:appointments_waitlistentry_free"),
            "outage": reverse("admin:appointments_outage_plan")
            if request.user.has_perm("appointments.add_outage")
            else "",
        },
        "branch": view.branch.pk,
        "date": view.day.isoformat(),
        "week": view.week,
        "offset": f"{noon:%z}"[:3] + ":" + f"{noon:%z}"[3:],
        "step": view.branch.slot_minutes,
        "columns": [{"id": pk, "title": name} for pk, name in columns.items()],
        "services": _services(view.branch) if may_book else [],
        "mayBook": may_book,
        "mayChange": _may_change(request),
        "locale": get_language() or "de",
        "texts": {key: str(text) for key, text in TEXTS.items()},
    }


def _services(branch: Branch) -> list[dict[str, Any]]:
    rows = Service.objects.filter(company=branch.company_id, active=True).order_by("name")
    return [{"id": pk, "name": name} for pk, name in rows.values_list("pk", "name")]


def _may_change(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("appointments.change_appointment"))


def _view(request: HttpRequest, access: Access, branch: Branch, day: date) -> View:
    """A week needs one stylist: a stylist's own login is asked for no other."""
    people = _people(access, branch)
    week = request.GET.get("view") == "week"
    asked = request.GET.get("staff", "")
    staff = people.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
    if staff is None and week:
        staff = people.filter(active=True).first()
    return View(branch, day, staff, week=week and staff is not None)


def _people(access: Access, branch: Branch) -> "QuerySet[Staff]":
    rows = Staff.objects.filter(branch=branch)
    return access.scope(rows, branch="branch", staff="pk").order_by("name", "pk")


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
