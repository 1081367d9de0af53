"""The page of what waits for a person, and what the navigation counts."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments import worklist
from appointments.access import access_of
from appointments.worklist import Row, Step, WorkList

# Of each list; the rest is on its own page.
SHOWN = 50


class Section(NamedTuple):
    work: WorkList
    waiting: str
    rows: Sequence[Row]
    url: str
    may_finish: bool
    steps: Sequence[Step]


def may_see(request: HttpRequest) -> bool:
    return bool(worklist.lists_for(request.user))


def badge(request: HttpRequest) -> str:
    """Everything that waits for this login; empty for nothing."""
    return worklist.shown(sum(_counts(request).values()))


def badge_of(request: HttpRequest, key: str) -> str:
    """What waits in one list."""
    return worklist.shown(_counts(request)[key])


def _counts(request: HttpRequest) -> Mapping[str, int]:
    """Looked up once for all badges of a page."""
    known: Mapping[str, int] | None = getattr(request, "work_counts", None)
    if known is None:
        lists = worklist.lists_for(request.user)
        known = worklist.counts(lists, access_of(request.user), timezone.now())
        request.work_counts = known  # type: ignore[attr-defined]
    return known


@require_http_methods(["GET", "HEAD", "POST"])
def worklist_page(request: HttpRequest) -> HttpResponse:
    """GET shows, POST says of one row that it is done."""
    if not may_see(request):
        raise PermissionDenied
    if request.method == "POST":
        _finish(request)
        return HttpResponseRedirect(request.path)
    context = {
        **admin.site.each_context(request),
        "title": _("To do"),
        "sections": _sections(request),
    }
    return TemplateResponse(request, "admin/worklist.html", context)


def _sections(request: HttpRequest) -> list[Section]:
    """A query for each list in which something waits."""
    counts, access, now = _counts(request), access_of(request.user), timezone.now()
    return [
        Section(
            work=one,
            waiting=worklist.shown(counts[one.key]),
            rows=one.rows(access, now, SHOWN),
            url=f"{reverse(one.url)}?{one.query}",
            may_finish=one.finish is not None and request.user.has_perm(one.finish.permission),
            steps=[step for step in one.steps if request.user.has_perm(step.permission)],
        )
        for one in worklist.lists_for(request.user)
        if counts[one.key]
    ]


def _finish(request: HttpRequest) -> None:
    lists = {one.key: one for one in worklist.lists_for(request.user)}
    one, pk = lists.get(request.POST.get("list", "")), request.POST.get("row", "")
    if one is None or not pk.isdecimal() or len(pk) > 18:
        raise Http404
    step = _step(one, request.POST.get("step", ""))
    if not request.user.has_perm(step.permission):
        raise PermissionDenied
    now = timezone.now()
    mine: Any = one.find(access_of(request.user), now).filter(pk=int(pk))
    if step.act(mine, user=request.user, now=now):
        messages.success(request, step.done)
    else:
        messages.warning(request, step.nothing)


def _step(one: WorkList, key: str) -> Step:
    """The button that was pressed; without a name it is the one that finishes."""
    steps = {step.key: step for step in one.steps}
    if one.finish is not None:
        done, nothing = _("Done."), _("Somebody else has already done this.")
        finish = one.finish
        steps[""] = Step(
            key="",
            label=finish.label,
            permission=finish.permission,
            act=finish.act,
            done=done,
            nothing=nothing,
        )
    if key not in steps:
        raise Http404
    return steps[key]
