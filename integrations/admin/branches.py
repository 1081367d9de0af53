"""The page on which a branch's calendar is switched: first what would happen, then the deed; and back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.access import access_of
from appointments.admin.base import row_number
from appointments.calendar_modes import former, switch, switches
from appointments.models import Branch
from appointments.models.company import CalendarMode
from integrations.admin.words import moment
from integrations.models import CalendarConnection
from integrations.switching import preview


def branches_page(model_admin: Any, request: HttpRequest, connection: CalendarConnection) -> HttpResponse:
    """GET with ``branch`` and ``mode`` says what would happen; POST with the same does it."""
    if not (
        model_admin.has_change_permission(request, connection)
        and request.user.has_perm("appointments.change_branch")
    ):
        raise PermissionDenied
    own = access_of(request.user).scope(Branch.objects.filter(active=True), branch="pk")
    branches = list(own.filter(company=connection.company_id).select_related("company").order_by("name"))
    asked = request.POST if request.method == "POST" else request.GET
    chosen = next((each for each in branches if each.pk == row_number(asked.get("branch", ""))), None)
    mode = asked.get("mode", "")
    if request.method == "POST":
        if chosen is not None and mode in CalendarMode.values:
            switch(chosen, CalendarMode(mode))
            text = _("%(branch)s, calendar: %(mode)s") % {
                "branch": chosen.name,
                "mode": CalendarMode(mode).label,
            }
            model_admin.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Calendar of each branch"),
        "rows": [_row(each) for each in branches],
        "proposal": _proposal(chosen, mode),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/integrations/calendarconnection/branches.html", context)


def _row(branch: Branch) -> dict[str, Any]:
    past = switches(branch)
    before = former(branch)
    return {
        "branch": branch,
        "mode": branch.get_calendar_display(),
        "past": [
            {"mode": each.mode.label, "since": moment(each.since, branch.zone), "by": each.by}
            for each in past
        ],
        "others": [each for each in CalendarMode if each != branch.calendar],
        "former": before,
    }


def _proposal(branch: Branch | None, mode: str) -> dict[str, Any] | None:
    if branch is None or mode not in CalendarMode.values or mode == branch.calendar:
        return None
    wanted = CalendarMode(mode)
    return {"branch": branch, "mode": wanted, "sentences": preview(branch, wanted, now=timezone.now())}
