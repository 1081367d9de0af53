"""A stylist is away: the page that proposes what becomes of the appointments, and what was decided."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments import booking, replanning
from appointments.access import access_of
from appointments.admin.base import ReadOnlyAdmin, row_number
from appointments.admin.outage_form import NotChosen, OutageForm, decisions_of, select_of
from appointments.models import Absence, Appointment, Outage, Staff
from appointments.models.ledger import new_token
from appointments.phones import display_phone
from appointments.replanning.situation import MOST


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin):
    scope_branch = "branch"
    list_display = ("starts_at", "ends_at", "staff", "reason", "planned_at", "planned_by", "company")
    list_filter = ("staff", "branch", "company")
    list_select_related = ("staff", "branch__company", "planned_by", "company")
    ordering = ("-starts_at",)
    list_before_template = "admin/appointments/outage/list_before.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """On its own page."""
        return False

    def get_urls(self) -> Any:
        plan = self.admin_site.admin_view(self.plan)
        return [path("plan/", plan, name="appointments_outage_plan"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whom to call, for printing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        outage = self.get_queryset(request).filter(pk=row_number(object_id)).first()
        if outage is None:
            raise Http404
        related = ("appointment__customer", "appointment__service", "old_staff", "new_staff")
        decisions = outage.decisions.select_related(*related).order_by("old_starts_at", "pk")
        context = self._context(request, str(outage))
        context |= {
            "outage": outage,
            "when": _when(outage),
            "decisions": [(one, *_number_of(one.appointment)) for one in decisions],
        }
        return TemplateResponse(request, "admin/appointments/outage/result.html", context)

    def plan(self, request: HttpRequest) -> HttpResponse:
        """GET proposes, POST carries out."""
        if not request.user.has_perm("appointments.add_outage"):
            raise PermissionDenied
        now, staff = timezone.now(), self._staff(request)
        if request.method == "POST":
            return self._decide(request, OutageForm(request.POST, staff=staff, now=now), now)
        asked = self._asked(request)
        is_asked = {"staff", "first_day"} <= asked.keys()
        start = {"first_day": timezone.localdate(now), "reason": _("sick"), **asked}
        form = OutageForm(asked if is_asked else None, staff=staff, now=now, initial=start)
        return self._show(request, form, now)

    def _staff(self, request: HttpRequest) -> QuerySet[Staff]:
        rows = Staff.objects.active().select_related("branch__company").order_by("name")
        return access_of(request.user).scope(rows, branch="branch")

    def _asked(self, request: HttpRequest) -> dict[str, Any]:
        """The form's fields; ``date`` names a day, ``absence`` one that stands in the diary already."""
        data = {name: value for name, value in request.GET.items() if name in OutageForm.base_fields}
        if request.GET.get("date"):
            data.setdefault("first_day", request.GET["date"])
            data.setdefault("reason", _("sick"))
        if request.GET.get("absence"):
            named = Absence.objects.filter(pk=row_number(request.GET["absence"]))
            rows = access_of(request.user).scope(named, company="staff__company", branch="staff__branch")
            absence = rows.select_related("staff__branch__company").first()
            if absence is None:
                raise Http404
            data = _as_fields(absence)
        return data

    def _decide(self, request: HttpRequest, form: OutageForm, now: datetime) -> HttpResponse:
        """All or nothing; refused, the page shows the new proposal and what was chosen."""
        problems: list[str] = []
        if form.is_valid():
            colleagues = self._staff(request).filter(branch=form.cleaned_data["staff"].branch_id)
            try:
                outage, is_new = replanning.apply(
                    form.away,
                    decisions_of(request.POST, colleagues),
                    token=_token(request.POST.get("token", "")),
                    by=request.user,
                    now=now,
                )
            except NotChosen:
                problems = [_("Something was sent that this page does not offer. Please choose again.")]
            except replanning.TooMany:
                problems = [_too_many()]
            except replanning.Overtaken as overtaken:
                problems = [*overtaken.sentences, _("Nothing has been changed. This is the new proposal.")]
            except booking.BookingError as error:
                problems = [str(error), _("Nothing has been changed.")]
            else:
                done = _("The outage is planned.") if is_new else _("This had been carried out already.")
                self.message_user(request, done)
                return HttpResponseRedirect(reverse("admin:appointments_outage_change", args=[outage.pk]))
        return self._show(request, form, now, problems)

    def _show(
        self, request: HttpRequest, form: OutageForm, now: datetime, problems: list[str] | None = None
    ) -> HttpResponse:
        context = self._context(request, _("Plan an outage"))
        context |= {"form": form, "problems": problems or [], "token": new_token(), "asked": False}
        if form.is_bound and form.is_valid():
            try:
                proposal = replanning.propose(form.away, now=now)
            except replanning.TooMany:
                context["problems"] = [_too_many()]
            else:
                chosen = request.POST.dict() if request.method == "POST" else {}
                context |= {"asked": True, "away": form.away, "proposal": proposal}
                context["rows"] = select_of(proposal, chosen)
        return TemplateResponse(request, "admin/appointments/outage/plan.html", context)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": self.media,
        }


def _token(sent: str) -> str:
    return sent if re.fullmatch(r"[\w-]{1,32}", sent, re.ASCII) else new_token()


def _number_of(appointment: Appointment) -> tuple[str, str]:
    """To be dialled and to be read."""
    number = (appointment.customer.phone if appointment.customer else None) or appointment.contact_phone
    return number or "", display_phone(number)


def _when(outage: Outage) -> str:
    """By the clock of the salon; whole days without it."""
    zone = outage.branch.zone
    start, end = outage.starts_at.astimezone(zone), outage.ends_at.astimezone(zone)
    if (start.time(), end.time()) == (time.min, time.min):
        first, last = start.date(), end.date() - timedelta(days=1)
        names = [date_format(day, "D, j. N Y") for day in (first, last)]
        return names[0] if first == last else " – ".join(names)
    return " – ".join(date_format(moment, "D, j. N Y, H:i") for moment in (start, end))


def _too_many() -> str:
    return _("More than %(count)s appointments are affected. Please plan fewer days at once.") % {
        "count": MOST
    }


def _as_fields(absence: Absence) -> dict[str, Any]:
    """By the clock of the salon. One that ends at midnight ends with the day before."""
    zone = absence.staff.branch.zone
    start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    last: date = end.date()
    fields = {
        "staff": absence.staff_id,
        "first_day": start.date().isoformat(),
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "reason": absence.reason,
    }
    if f"{end:%H:%M}" == "00:00":
        last, fields["ends"] = date.fromordinal(last.toordinal() - 1), ""
    return {**fields, "last_day": last.isoformat()}
