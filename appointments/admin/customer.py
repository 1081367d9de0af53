"""Customers in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.admin.base import TabularInline
from appointments.admin.forms import AppointmentForm
from appointments.admin.writing import BookingAdmin, store, with_refusal
from appointments.models import Appointment, Customer
from appointments.phones import display_phone


class AppointmentInline(TabularInline):
    """A customer's appointments, the latest first; written as on their own page."""

    model = Appointment
    form = AppointmentForm
    fields = ("branch", "staff", "service", "starts_at", "status", "overrides_hours", "seen_revision")
    readonly_fields = ("status",)
    autocomplete_fields = ("staff", "service")
    ordering = ("-starts_at",)
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("company", "branch__company", "staff", "service")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form = with_refusal(formset.form, request)
        return formset


@admin.register(Customer)
class CustomerAdmin(BookingAdmin):
    list_display = ("name", "shown_phone", "email", "company")
    list_filter = ("company",)
    list_select_related = ("company",)
    search_fields = ("name", "phone", "email")
    search_help_text = _("Name as it sounds, e-mail or telephone number, in any spelling.")
    ordering = ("name",)
    inlines = (AppointmentInline,)
    readonly_fields = ("created_at",)
    history_list_display = ("channel", "actor")

    def get_queryset(self, request: HttpRequest) -> Any:
        """A stylist sees those who come, or have come, to them."""
        customers = super().get_queryset(request)
        access = access_of(request.user)
        if not access.only_own:
            return customers
        return customers.filter(
            Exists(Appointment.objects.filter(customer=OuterRef("pk"), staff=access.staff_id))
        )

    @admin.display(description=_("phone"), ordering="phone")
    def shown_phone(self, customer: Customer) -> str:
        return display_phone(customer.phone)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person is erased by ``erase_customer``; appointments keep their time."""
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        formset.save(commit=False)
        for changed in formset.forms:
            if changed.has_changed():
                changed.instance.customer = form.instance
                store(changed.instance, changed)
