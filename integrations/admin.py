"""The calendar's mapping in the admin."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin
from integrations.models import CalendarEventType, CalendarHost


@admin.register(CalendarHost)
class CalendarHostAdmin(ModelAdmin):
    list_display = ("staff", "calcom_user_id", "company")
    list_filter = ("company",)
    list_select_related = ("staff", "company")
    search_fields = ("staff__name",)
    autocomplete_fields = ("staff",)


@admin.register(CalendarEventType)
class CalendarEventTypeAdmin(ModelAdmin):
    list_display = ("staff", "service", "phase_position", "event_type_id", "company")
    list_filter = ("company", "staff")
    list_select_related = ("staff", "service", "company")
    search_fields = ("staff__name", "service__name")
    autocomplete_fields = ("staff", "service")
