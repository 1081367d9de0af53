"""Appointments in the admin."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments import booking
from appointments.admin import panels
from appointments.admin.base import ReadOnlyInline
from appointments.admin.days import CountsFilter, DaysFilter, GapFilter, MadeFilter
from appointments.admin.filters import CoveredFilter, WhenFilter
from appointments.admin.forms import AppointmentForm
from appointments.admin.moving import MoveFormSet
from appointments.admin.steps import missed_by, steps_for, take_step
from appointments.admin.story import story_of
from appointments.admin.timeline import timeline_of
from appointments.admin.waitlist import tell_who_waits
from appointments.admin.writing import BookingAdmin, store, with_refusal
from appointments.models import Appointment, AppointmentPhase
from appointments.models.appointment import Status
from appointments.waitlist import Freed


class PhaseInline(ReadOnlyInline):
    model = AppointmentPhase
    fields = ("position", "name", "starts_at", "ends_at", "busy")
    ordering = ("position",)


@admin.register(Appointment)
class AppointmentAdmin(BookingAdmin):
    scope_branch, scope_staff = "branch", "staff"
    form = AppointmentForm
    inlines = (PhaseInline,)
    list_display = ("starts_at", "service", "attendee", "staff", "status", "source", "branch")
    list_filter = (
        *(WhenFilter, DaysFilter, "status", "source", "branch", "staff"),
        *(CoveredFilter, CountsFilter, MadeFilter, GapFilter),
    )
    list_select_related = ("service", "staff", "customer", "branch__company")
    search_fields = ("customer__name", "customer__phone", "attendee_name", "contact_phone")
    search_help_text = _("Name, telephone number, number of the appointment, booking or call.")
    ordering = ("starts_at",)
    autocomplete_fields = ("customer", "service", "staff")
    readonly_fields = (
        *("ends_at", "status", "source", "created_at", "updated_at", "revision"),
        "changes_for_customer",
    )
    history_list_display = ("status", "channel", "actor")
    actions = ("move_selected", "cancel_selected", "confirm_selected", "complete_selected", "mark_no_show")
    change_form_outer_after_template = "admin/appointments/appointment/panels.html"

    @admin.display(description=_("customer"))
    def attendee(self, appointment: Appointment) -> str:
        return appointment.attendee

    @admin.display(description=_("changes for the customer"))
    def changes_for_customer(self, appointment: Appointment) -> str:
        """What the customer had moved or cancelled, when it was before, and what it costs."""
        if not appointment.revision:  # the form for a new one
            return ""
        zone = appointment.branch.zone
        return "; ".join(
            _("%(day)s: %(kind)s, was on %(before)s, fee %(fee)s %(currency)s")
            % {
                "day": date_format(each.made_at.astimezone(zone), "SHORT_DATETIME_FORMAT"),
                "kind": each.get_kind_display(),
                "before": date_format(each.old_starts_at.astimezone(zone), "SHORT_DATETIME_FORMAT"),
                "fee": each.fee,
                "currency": appointment.currency,
            }
            for each in appointment.customer_changes.order_by("pk")
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = (column for panel in panels.registered() for column in panel.columns)
        return (*super().get_list_display(request), *columns)

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = (each for panel in panels.registered() for each in panel.filters)
        return (*super().get_list_filter(request), *filters)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        queryset = super().get_queryset(request)
        for panel in panels.registered():
            queryset = panel.annotate(queryset)
        return queryset

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not actions or not self.has_change_permission(request):
            return actions
        contributed = [self.get_action(each) for panel in panels.registered() for each in panel.actions]
        return actions | {each[1]: each for each in contributed if each}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None:
            stored = Appointment.objects.select_related("branch__company").get(pk=obj.pk)
            context["panels"] = [panel.render(request, obj) for panel in panels.registered()]
            context["story"] = story_of(stored)
            context["timeline"] = timeline_of(stored)
            context["missed"] = missed_by(stored)
            if self.has_change_permission(request, obj):
                context["steps"] = steps_for(stored, now=timezone.now())
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> Any:
        step = path(
            "<int:pk>/step/",
            self.admin_site.admin_view(partial(take_step, self)),
            name="appointments_appointment_step",
        )
        return [step, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An appointment is cancelled and keeps its history; it is not deleted."""
        return False

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return with_refusal(super().get_form(request, *args, **kwargs), request)

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        before = Appointment.objects.select_related("branch__company").filter(pk=obj.pk).first()
        store(obj, form)
        moved = {"staff", "starts_at", "service"}.intersection(form.changed_data)
        if before is not None and before.is_blocking and moved:
            tell_who_waits(request, Freed.by(before))

    @admin.action(description=_("Move the selected appointments"))
    def move_selected(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> HttpResponse:
        """Asks for the new times, then moves all of them in one transaction: two may swap places."""
        appointments = queryset.select_related("staff__branch__company", "service", "customer")
        data = request.POST if "apply" in request.POST else None
        formset = MoveFormSet(data, appointments=list(appointments.order_by("starts_at")))
        if formset.is_bound and formset.apply(now=timezone.now()):
            self.message_user(request, _("The appointments have been moved."), messages.SUCCESS)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Move appointments"),
            "formset": formset,
            "selected": queryset.values_list("pk", flat=True),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/appointments/appointment/move.html", context)

    @admin.action(description=_("Cancel the selected appointments"))
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._mark(request, queryset, Status.CANCELLED)

    @admin.action(description=_("Confirm the selected appointments"))
    def confirm_selected(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._mark(request, queryset, Status.CONFIRMED)

    @admin.action(description=_("The selected customers were here"))
    def complete_selected(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._mark(request, queryset, Status.COMPLETED)

    @admin.action(description=_("The selected customers did not come"))
    def mark_no_show(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self._mark(request, queryset, Status.NO_SHOW)

    def _mark(self, request: HttpRequest, queryset: QuerySet[Appointment], status: Status) -> None:
        """One by one: what is refused is said and does not hold up the others."""
        done = 0
        for appointment in queryset.select_related("staff__branch__company", "service", "customer"):
            freed = Freed.by(appointment) if appointment.is_blocking else None
            try:
                booking.mark(appointment, status, now=timezone.now())
            except booking.BookingError as error:
                self.message_user(request, f"{appointment}: {error}", messages.ERROR)
            else:
                done += 1
                if freed is not None and status == Status.CANCELLED:
                    tell_who_waits(request, freed)
        text = ngettext("%(count)s appointment changed.", "%(count)s appointments changed.", done)
        self.message_user(request, text % {"count": done}, messages.SUCCESS if done else messages.WARNING)
