"""Companies and branches in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from appointments import hooks
from appointments.admin.base import ModelAdmin, TabularInline
from appointments.admin.schedules import ScheduleAdmin
from appointments.models import Branch, BranchPhoneNumber, Company, OpeningHours, Staff


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    scope_company = "pk"
    list_display = ("name", "slug", "timezone", "holidays", "active")
    search_fields = ("name", "slug")
    ordering = ("name",)


class PhoneNumberInline(TabularInline):
    model = BranchPhoneNumber
    extra = 0


class OpeningHoursInline(TabularInline):
    model = OpeningHours
    extra = 0
    ordering = ("weekday", "start_minute")


@admin.register(Branch)
class BranchAdmin(ScheduleAdmin):
    scope_branch = "pk"
    list_display = ("name", "company", "calendar", "active")
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    ordering = ("company__name", "name")
    inlines = (PhoneNumberInline, OpeningHoursInline)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        super().save_model(request, obj, form, change)
        if "calendar" in form.changed_data and change:
            hooks.calendar_switched(obj, form.initial["calendar"])

    def locked_staff(self, obj: Any) -> Any:
        return Staff.objects.filter(branch=obj)
