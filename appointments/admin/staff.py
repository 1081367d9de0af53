"""Staff in the admin."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin, TabularInline
from appointments.models import Absence, Staff, StaffServicePhases, StaffSkill, WorkingHours


class WorkingHoursInline(TabularInline):
    model = WorkingHours
    extra = 0
    ordering = ("weekday", "start_minute")


class AbsenceInline(TabularInline):
    model = Absence
    extra = 0
    ordering = ("-starts_at",)


class SkillInline(TabularInline):
    model = StaffSkill
    extra = 0
    fields = ("service",)
    autocomplete_fields = ("service",)


class OwnPhasesInline(TabularInline):
    model = StaffServicePhases
    extra = 0
    fields = ("service", "minutes")
    autocomplete_fields = ("service",)


@admin.register(Staff)
class StaffAdmin(ModelAdmin):
    list_display = ("name", "branch", "follows_branch_hours", "offers_all_services", "active")
    list_filter = ("branch", "active")
    list_select_related = ("branch__company",)
    search_fields = ("name",)
    inlines = (WorkingHoursInline, AbsenceInline, SkillInline, OwnPhasesInline)
