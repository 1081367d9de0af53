"""Policies in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from appointments.admin.base import ModelAdmin
from appointments.models import Policy


@admin.register(Policy)
class PolicyAdmin(ModelAdmin):
    list_display = (
        "__str__",
        "company",
        "minimum_notice_minutes",
        "cancel_hours_before",
        "reschedule_hours_before",
        "max_reschedules",
        "max_open_appointments",
    )
    list_filter = ("company",)
    list_select_related = ("company", "branch__company", "service", "staff")
    autocomplete_fields = ("company", "branch", "service", "staff")
    search_fields = ("company__name", "branch__name", "service__name", "staff__name")
    ordering = ("company__name", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A policy keeps its company: whose rule it is belongs to what it says."""
        return ("company",) if obj else ()
