"""Services in the admin."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin, TabularInline
from appointments.models import Service, ServicePhase


class ServicePhaseInline(TabularInline):
    model = ServicePhase
    extra = 0
    ordering = ("position",)


@admin.register(Service)
class ServiceAdmin(ModelAdmin):
    list_display = ("name", "company", "price", "calendar_layout", "active")
    list_filter = ("company", "active")
    list_select_related = ("company",)
    search_fields = ("name", "synonyms")
    inlines = (ServicePhaseInline,)
