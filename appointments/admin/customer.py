"""Customers in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.admin import customer_panels
from appointments.admin.customer_facts import facts_of
from appointments.admin.privacy import erase_view, export_view
from appointments.admin.uniting import PERMISSION, partner_page, suspected, unite_page
from appointments.admin.writing import BookingAdmin
from appointments.models import Appointment, Customer
from appointments.phones import display_phone


@admin.register(Customer)
class CustomerAdmin(BookingAdmin):
    list_display = ("name", "shown_phone", "email", "company")
    list_filter = ("company",)
    list_select_related = ("company",)
    search_fields = ("name", "phone", "email")
    search_help_text = _("Name as it sounds, e-mail or telephone number, in any spelling.")
    ordering = ("name",)
    readonly_fields = ("created_at",)
    history_list_display = ("channel", "actor")
    actions = ("unite_selected",)
    change_form_outer_after_template = "admin/appointments/customer/page.html"

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

    def get_urls(self) -> Any:
        wrap, name = self.admin_site.admin_view, "appointments_customer"
        return [
            path("unite/", wrap(unite_page), name=f"{name}_unite"),
            path("<int:pk>/unite/", wrap(partner_page), name=f"{name}_partner"),
            path("<int:pk>/information/", wrap(export_view), name=f"{name}_export_person"),
            path("<int:pk>/erase/", wrap(erase_view), name=f"{name}_erase"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        customer = kwargs.get("obj")
        if customer is not None:
            context |= {
                "facts": facts_of(customer, now=timezone.now()),
                "suspected": suspected(request, customer),
                "panels": [panel(request, customer) for panel in customer_panels.registered()],
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not request.user.has_perm(PERMISSION):
            actions.pop("unite_selected", None)
        return actions

    @admin.action(description=_("Unite the two selected customers"))
    def unite_selected(self, request: HttpRequest, queryset: QuerySet[Customer]) -> HttpResponse:
        """To the page that shows both side by side."""
        ids = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:3])
        return HttpResponseRedirect(f"{reverse('admin:appointments_customer_unite')}?ids={ids}")
