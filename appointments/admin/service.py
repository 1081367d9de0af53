"""Services in the admin."""

from django.contrib import admin

from appointments.admin.base import HistoryAdmin, TabularInline
from appointments.models import Service, ServicePhase


class ServicePhaseInline(TabularInline):
    model = ServicePhase
    extra = 0
    min_num = 1  # a service without a phase would take no time
    ordering = ("position",)


@admin.register(Service)
class ServiceAdmin(HistoryAdmin):
    list_display = ("name", "company", "price", "calendar_layout", "active")
    list_filter = ("company", "active")
    list_select_related = ("company",)
    search_fields = ("name",)
    ordering = ("company__name", "name")
    inlines = (ServicePhaseInline,)
