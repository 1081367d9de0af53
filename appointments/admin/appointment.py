"""Appointments in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments import booking
from appointments.admin.base import ModelAdmin, ReadOnlyInline
from appointments.admin.forms import AppointmentForm
from appointments.availability import Request
from appointments.models import Appointment, AppointmentPhase
from appointments.models.appointment import Source

TIME = {"branch", "staff", "service", "starts_at"}
DETAILS = ("customer", "attendee_name", "notes", "price")


class PhaseInline(ReadOnlyInline):
    model = AppointmentPhase
    fields = ("position", "name", "starts_at", "ends_at", "busy")


@admin.register(Appointment)
class AppointmentAdmin(ModelAdmin):
    form = AppointmentForm
    inlines = (PhaseInline,)
    list_display = ("starts_at", "service", "attendee", "staff", "status", "source", "branch")
    list_filter = ("status", "source", "branch", "staff")
    list_select_related = ("service", "staff", "customer", "branch__company")
    search_fields = ("customer__name", "customer__phone", "attendee_name", "contact_phone")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    autocomplete_fields = ("customer", "service", "staff")
    readonly_fields = ("ends_at", "status", "source", "contact_phone", "created_at", "updated_at", "revision")
    actions = ("cancel_selected",)

    @admin.display(description=_("customer"))
    def attendee(self, appointment: Appointment) -> str:
        return appointment.attendee

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An appointment is cancelled and keeps its history; it is not deleted."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", "")})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the writer refuses comes back as an ordinary form error, the typed values kept (trap 3)."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except booking.BookingError as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Appointment, form: AppointmentForm, change: bool) -> None:  # noqa: FBT001
        if change:
            self._change(obj, form)
        else:
            self._add(obj, form)

    def _add(self, obj: Appointment, form: AppointmentForm) -> None:
        wanted = Request(
            branch=obj.branch,
            service=obj.service,
            staff=obj.staff,
            now=timezone.now(),
            overrides_hours=form.cleaned_data["overrides_hours"],
        )
        visit = booking.Visit(
            source=Source.STAFF,
            customer=obj.customer,
            attendee_name=obj.attendee_name,
            notes=obj.notes,
            staff_wished=True,
        )
        stored = booking.book(wanted, start=obj.starts_at, visit=visit)
        obj.pk = stored.pk

    def _change(self, obj: Appointment, form: AppointmentForm) -> None:
        stored = Appointment.objects.select_related("staff__branch__company", "service").get(pk=obj.pk)
        moved = bool(TIME & set(form.changed_data))
        booking.amend(
            stored,
            to=booking.Move(obj.starts_at, obj.staff, obj.service) if moved else booking.Move(),
            changes={name: getattr(obj, name) for name in DETAILS if name in form.changed_data},
            now=timezone.now(),
            revision=form.cleaned_data["seen_revision"],
            overrides_hours=form.cleaned_data["overrides_hours"],
        )

    @admin.action(description=_("Cancel the selected appointments"))
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        for appointment in queryset:
            try:
                booking.cancel(appointment, now=timezone.now())
            except booking.BookingError as error:
                self.message_user(request, f"{appointment}: {error}", messages.ERROR)
            else:
                self.message_user(request, _("%(appointment)s is cancelled.") % {"appointment": appointment})
