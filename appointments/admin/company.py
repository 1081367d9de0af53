"""Companies and branches in the admin."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin, TabularInline
from appointments.models import Branch, BranchPhoneNumber, Company, OpeningHours


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    list_display = ("name", "slug", "timezone", "holidays", "active")
    search_fields = ("name", "slug")


class PhoneNumberInline(TabularInline):
    model = BranchPhoneNumber
    extra = 0


class OpeningHoursInline(TabularInline):
    model = OpeningHours
    extra = 0
    ordering = ("weekday", "start_minute")


@admin.register(Branch)
class BranchAdmin(ModelAdmin):
    list_display = ("name", "company", "calendar", "active")
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    inlines = (PhoneNumberInline, OpeningHoursInline)
