"""Whose calendar and which event type: lists, forms, and the two pages that check and find them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from appointments.access import access_of
from appointments.admin.base import ModelAdmin
from appointments.models import Staff
from integrations.admin.choosing import company_of, using_calendar
from integrations.admin.event_type_form import CalendarEventTypeForm, ask_for
from integrations.admin.finding import Finder
from integrations.convergence.due import try_unmapped_again
from integrations.mapping.overview import overview
from integrations.models import CalendarEventType, CalendarHost


def _staff(request: HttpRequest) -> QuerySet[Staff]:
    return access_of(request.user).scope(Staff.objects.all(), branch="branch")


@admin.register(CalendarHost)
class CalendarHostAdmin(ModelAdmin):
    scope_branch = "staff__branch"
    list_display = ("staff", "calcom_user_id", "company")
    list_filter = ("company",)
    list_select_related = ("staff", "company")
    search_fields = ("staff__name",)
    autocomplete_fields = ("staff",)
    actions_list = ("find",)

    def save_model(self, request: HttpRequest, obj: CalendarHost, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        super().save_model(request, obj, form, change)
        try_unmapped_again(obj.company)

    def has_find_permission(self, request: HttpRequest) -> bool:
        """It adds to both tables, and shows people's addresses at Cal.com."""
        may_add_event_types = request.user.has_perm("integrations.add_calendareventtype")
        return self.has_add_permission(request) and may_add_event_types

    @action(  # type: ignore[untyped-decorator] # the theme brings no types
        description=_("Find at Cal.com"), url_path="find", permissions=["find"], icon="person_search"
    )
    def find(self, request: HttpRequest) -> HttpResponse:
        """Proposes; what was selected is stored on POST, if Cal.com still says the same."""
        if not self.has_find_permission(request):
            raise PermissionDenied
        finder = Finder(company_of(request))
        if request.method == "POST":
            stored = finder.store(request.POST.getlist("host"), request.POST.getlist("event_type"))
            text = ngettext("%(count)s assignment stored.", "%(count)s assignments stored.", stored)
            self.message_user(
                request, text % {"count": stored}, messages.SUCCESS if stored else messages.WARNING
            )
            if finder.found is not None:
                return HttpResponseRedirect(request.get_full_path())
        else:
            finder.look()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Find calendars and event types at Cal.com"),
            "finder": finder,
            "companies": using_calendar(request),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/integrations/calendarhost/find.html", context)


@admin.register(CalendarEventType)
class CalendarEventTypeAdmin(ModelAdmin):
    scope_branch = "staff__branch"
    form = CalendarEventTypeForm
    list_display = ("staff", "service", "phase_position", "event_type_id", "checked_at", "company")
    list_filter = ("company", "staff")
    list_select_related = ("staff", "service", "company")
    search_fields = ("staff__name", "service__name")
    autocomplete_fields = ("staff", "service")
    readonly_fields = ("length_minutes", "slot_interval", "checked_at")
    actions_list = ("check_mapping",)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Cal.com is asked here, before the transaction in which the form is checked and saved."""
        may_save = self.has_add_permission(request) or self.has_change_permission(request)
        if request.method == "POST" and may_save:
            request.calendar_answer = ask_for(request.POST, staff_rows=_staff(request))  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"answer": getattr(request, "calendar_answer", None)})

    def save_model(self, request: HttpRequest, obj: CalendarEventType, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        form.take_facts(now=timezone.now())
        super().save_model(request, obj, form, change)
        try_unmapped_again(obj.company)
        for warning in form.warnings:
            self.message_user(request, warning, messages.WARNING)

    @action(  # type: ignore[untyped-decorator] # as above
        description=_("Check the mapping"), url_path="check", permissions=["view"], icon="rule"
    )
    def check_mapping(self, request: HttpRequest) -> HttpResponse:
        """From the database; on POST Cal.com is asked as well, and what it says of them is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        online = request.method == "POST"
        if online and not self.has_change_permission(request):
            raise PermissionDenied
        company = company_of(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Check the mapping"),
            "company": company,
            "companies": using_calendar(request),
            "overview": overview(company, online=online, now=timezone.now()) if company else None,
            "online": online,
            "may_ask": self.has_change_permission(request),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/integrations/calendareventtype/check.html", context)
