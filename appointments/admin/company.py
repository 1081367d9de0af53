"""Companies and branches in the admin."""

from typing import Any

from django.contrib import admin

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

    def locked_staff(self, obj: Any) -> Any:
        return Staff.objects.filter(branch=obj)
