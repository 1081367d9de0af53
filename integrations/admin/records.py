"""What the system has noted about the calendar: to look at, not to change."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from appointments.access import access_of
from appointments.admin.backfill import SHOWN, Backfill, backfill_page, is_for_whole_company
from appointments.admin.base import ReadOnlyAdmin
from appointments.admin.scoping import ScopedRelatedFilter
from appointments.models import Appointment
from appointments.queueing import hand_over
from integrations.admin.choosing import company_of, using_calendar
from integrations.convergence.sentences import error_sentence
from integrations.models import CalendarBooking, CalendarEvent, CalendarSync
from integrations.models.sync import WAITING_FIRST
from integrations.resolving import compare_now
from integrations.resolving.reading_back import unverified, would


@admin.register(CalendarSync)
class CalendarSyncAdmin(ReadOnlyAdmin):
    scope_branch, scope_staff = "appointment__branch", "appointment__staff"
    list_display = (
        "appointment",
        "state",
        "pending_since",
        "next_try_at",
        "failures",
        "error",
        "verified_at",
    )
    list_filter = ("state", "exempt", ("appointment__branch", ScopedRelatedFilter), "company")
    list_select_related = ("appointment__service", "appointment__customer")
    search_fields = ("appointment__customer__name", "appointment__attendee_name")
    ordering = (WAITING_FIRST, "-pk")
    actions_list = ("read_back",)

    def has_read_back_permission(self, request: HttpRequest) -> bool:
        """It tells of everybody's appointments: nothing for whoever sees one column of the planner."""
        may = self.has_view_permission(request) and request.user.has_perm("appointments.change_appointment")
        return may and is_for_whole_company(request)

    @action(  # type: ignore[untyped-decorator] # the theme brings no types
        description=_("Read back what was never verified"),
        url_path="read-back",
        permissions=["read_back"],
        icon="fact_check",
    )
    def read_back(self, request: HttpRequest) -> HttpResponse:
        if not self.has_read_back_permission(request):
            raise PermissionDenied
        backfill = Backfill(
            title=_("Read back what was never verified"),
            explanation=_(
                "These appointments are believed to stand at Cal.com, but were never seen there. Cal.com is "
                "asked for each; what differs is made right or becomes a case."
            ),
            would=lambda company: map(would, unverified(company, now=timezone.now())[: SHOWN + 1]),
            start=lambda company: hand_over("integrations.tasks.verify_calendar", company.pk),
        )
        return backfill_page(
            self, request, backfill, companies=using_calendar(request), company=company_of(request)
        )

    @admin.display(description=_("last error"))
    def error(self, sync: CalendarSync) -> str:
        return error_sentence(sync.error_code, sync.error_detail) or "–"

    def get_urls(self) -> Any:
        compare = path(
            "appointment/<int:pk>/compare/",
            self.admin_site.admin_view(self.compare),
            name="integrations_calendarsync_compare",
        )
        return [compare, *super().get_urls()]

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button of the appointment's page."""
        if not request.user.has_perm("appointments.change_appointment"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        own = access_of(request.user).scope(Appointment.objects.all(), branch="branch", staff="staff")
        appointment = get_object_or_404(own.select_related("company", "branch__company"), pk=pk)
        compared = compare_now(appointment)
        level = messages.SUCCESS if compared.agrees else messages.WARNING
        self.message_user(request, compared.sentence, level)
        return HttpResponseRedirect(reverse("admin:appointments_appointment_change", args=[pk]))


@admin.register(CalendarBooking)
class CalendarBookingAdmin(ReadOnlyAdmin):
    scope_branch, scope_staff = "appointment__branch", "appointment__staff"
    list_display = ("starts_at", "appointment", "state", "origin", "uid", "calcom_user_id", "verified_at")
    list_filter = ("state", "origin", "company")
    list_select_related = ("appointment__service", "appointment__customer")
    search_fields = ("uid", "reference", "appointment__customer__name", "appointment__attendee_name")
    ordering = ("-starts_at",)


@admin.register(CalendarEvent)
class CalendarEventAdmin(ReadOnlyAdmin):
    """The body is shown to nobody: it holds names, numbers and addresses of people, and what it said of
    a booking stands in the appointment or the case that came of it.
    """

    list_display = ("received_at", "trigger", "uid", "outcome", "processed_at", "failures", "error")
    list_filter = ("outcome", "trigger", "company")
    search_fields = ("uid",)
    ordering = ("-received_at",)
    exclude = ("body",)
