"""The list of what only a person can decide, and the page of one case."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments import booking
from appointments.admin.base import ReadOnlyAdmin, row_number
from appointments.admin.scoping import ScopedRelatedFilter
from integrations import resolving
from integrations.admin.case_page import RELATED, case_page
from integrations.admin.proposing import Choice, choices
from integrations.admin.words import period
from integrations.models import CalendarCase
from integrations.resolving import Compared, ResolvingError, Way

# Deciding a case changes appointments.
PERMISSIONS = ("integrations.change_calendarcase", "appointments.change_appointment")


class OpenFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("open", _("open")), ("solved", _("solved"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CalendarCase]) -> QuerySet[CalendarCase]:
        return queryset.filter(solved_at__isnull=self.value() == "open") if self.value() else queryset


SIMPLE: Mapping[str, Callable[..., Compared]] = {
    Way.TRY_AGAIN: resolving.try_again,
    Way.KEEP: resolving.keep,
    Way.DISMISS: resolving.dismiss,
}
# These change the appointment, and so want to know what of it was looked at.
CHANGING: Mapping[str, Callable[..., Compared]] = {
    Way.CANCEL: resolving.cancel,
    Way.TAKE_OVER: resolving.take_over,
    Way.PROMOTE: resolving.promote,
}


@admin.register(CalendarCase)
class CalendarCaseAdmin(ReadOnlyAdmin):
    scope_branch = "appointment__branch"
    list_display = ("kind", "opened_at", "appointment", "time", "stylist", "company", "solution", "solved_by")
    list_filter = (OpenFilter, "kind", ("appointment__branch", ScopedRelatedFilter), "company")
    list_select_related = RELATED
    search_fields = ("appointment__customer__name", "appointment__attendee_name", "uid")
    search_help_text = _("Name or uid.")
    ordering = (F("solved_at").desc(nulls_first=True), "-opened_at")

    @admin.display(description=_("time"), ordering="appointment__starts_at")
    def time(self, case: CalendarCase) -> str:
        appointment = case.appointment
        if appointment is None:
            return "–"
        return period(appointment.starts_at, appointment.ends_at, appointment.branch.zone)

    @admin.display(description=_("stylist"), ordering="appointment__staff__name")
    def stylist(self, case: CalendarCase) -> str:
        return str(case.appointment.staff) if case.appointment else "–"

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        name = "integrations_calendarcase"
        return [
            path("<int:pk>/solve/<str:way>/", wrap(self.solve), name=f"{name}_solve"),
            path("<int:pk>/move/", wrap(self.move), name=f"{name}_move"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = self._case(request, object_id)
        page = case_page(case, now=timezone.now())
        return self._page(request, case, "page.html", page=page, may_solve=_may_solve(request))

    def solve(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        """GET asks whether it is meant, POST does it."""
        if not _may_solve(request):
            raise PermissionDenied
        case = self._case(request, pk)
        function = SIMPLE.get(way) or CHANGING.get(way)
        if function is None:
            raise Http404
        if request.method == "POST":
            facts = _by(request)
            if way in CHANGING:
                facts["revision"] = _number(request.POST.get("revision"))
            self._tell(request, lambda: function(case, **facts))
            return HttpResponseRedirect(_url(pk))
        page = case_page(case, now=timezone.now())
        offer = next((offer for offer in page.offers if offer.way == way), None)
        if offer is None:
            return HttpResponseRedirect(_url(pk))
        return self._page(request, case, "confirm.html", page=page, offer=offer)

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Proposes on GET, and again if what was chosen has gone meanwhile."""
        if not _may_solve(request):
            raise PermissionDenied
        case = self._case(request, pk)
        if request.method == "POST":
            chosen = Choice.read(request.POST.get("choice", ""), case)
            revision = _number(request.POST.get("revision"))
            if chosen is None:
                self.message_user(request, _("Please choose a time."), messages.ERROR)
            elif self._tell(request, lambda: chosen.take(case, revision=revision, **_by(request))):
                return HttpResponseRedirect(_url(pk))
            case = self._case(request, pk)
        try:
            found = choices(case, now=timezone.now())
        except ResolvingError as error:
            self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(_url(pk))
        page = case_page(case, now=timezone.now())
        return self._page(request, case, "move.html", page=page, choices=found)

    def _tell(self, request: HttpRequest, way: Callable[[], Compared]) -> bool:
        """Whether it was done; what came of it, or why not, is said."""
        try:
            compared = way()
        except (ResolvingError, booking.BookingError) as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        level = messages.SUCCESS if compared.agrees else messages.WARNING
        self.message_user(request, compared.sentence, level)
        return True

    def _case(self, request: HttpRequest, pk: int | str) -> CalendarCase:
        own = self.get_queryset(request).select_related(*RELATED)
        case: CalendarCase = get_object_or_404(own.prefetch_related("appointment__phases"), pk=row_number(pk))
        return case

    def _page(
        self, request: HttpRequest, case: CalendarCase, template: str, **context: Any
    ) -> TemplateResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(case),
            "case": case,
            "media": self.media,
            **context,
        }
        return TemplateResponse(request, f"admin/integrations/calendarcase/{template}", whole)


def _may_solve(request: HttpRequest) -> bool:
    return all(request.user.has_perm(permission) for permission in PERMISSIONS)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"user": request.user, "now": timezone.now()}


def _url(pk: int) -> str:
    return reverse("admin:integrations_calendarcase_change", args=[pk])


def _number(text: str | None) -> int:
    """-1, which is no revision, for whatever is no number."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1
