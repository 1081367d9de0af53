"""Staff in the admin."""

from typing import Any

from django.contrib import admin

from appointments.admin.base import SameCompanyFormSet, TabularInline
from appointments.admin.schedules import ScheduleAdmin
from appointments.models import Absence, Staff, StaffServicePhases, StaffSkill, WorkingHours


class WorkingHoursInline(TabularInline):
    model = WorkingHours
    extra = 0
    ordering = ("weekday", "start_minute")


class AbsenceInline(TabularInline):
    model = Absence
    fields = ("starts_at", "ends_at", "reason")
    extra = 0
    ordering = ("-starts_at",)


class SkillInline(TabularInline):
    model = StaffSkill
    formset = SameCompanyFormSet
    fields = ("service",)
    autocomplete_fields = ("service",)
    extra = 0


class OwnPhasesInline(TabularInline):
    model = StaffServicePhases
    formset = SameCompanyFormSet
    fields = ("service", "minutes")
    autocomplete_fields = ("service",)
    extra = 0


@admin.register(Staff)
class StaffAdmin(ScheduleAdmin):
    scope_branch, scope_staff = "branch", "pk"
    list_display = ("name", "branch", "follows_branch_hours", "offers_all_services", "active")
    list_filter = ("branch", "active")
    list_select_related = ("branch__company",)
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (WorkingHoursInline, AbsenceInline, SkillInline, OwnPhasesInline)

    def locked_staff(self, obj: Any) -> Any:
        return Staff.objects.filter(pk=obj.pk)
