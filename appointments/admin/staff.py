"""Staff in the admin."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from appointments.admin.base import SameCompanyFormSet, TabularInline
from appointments.admin.feeds import FeedPage
from appointments.admin.schedules import ScheduleAdmin
from appointments.models import Absence, Staff, StaffServicePhases, StaffSkill, WorkingHours
from appointments.replanning.affected import Away, affected_by
from appointments.rules.periods import Period


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
class StaffAdmin(FeedPage, ScheduleAdmin):
    scope_branch, scope_staff = "branch", "pk"
    list_display = ("name", "branch", "follows_branch_hours", "offers_all_services", "active")
    list_filter = ("branch", "active")
    list_select_related = ("branch__company",)
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (WorkingHoursInline, AbsenceInline, SkillInline, OwnPhasesInline)

    actions_detail = ("plan_outage", "calendar_link")

    def locked_staff(self, obj: Any) -> Any:
        return Staff.objects.filter(pk=obj.pk)

    def has_plan_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("appointments.add_outage")

    @action(  # type: ignore[untyped-decorator]
        description=_("Is ill"), icon="sick", url_path="outage", permissions=["plan"]
    )
    def plan_outage(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page that plans today anew without them."""
        today = timezone.localdate().isoformat()
        return HttpResponseRedirect(_plan_url(staff=object_id, date=today))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """An absence over appointments leads to the page on which they are planned anew."""
        super().save_formset(request, form, formset, change)
        if formset.model is not Absence or not self.has_plan_permission(request):
            return
        now = timezone.now()
        for absence in [*formset.new_objects, *(one for one, _fields in formset.changed_objects)]:
            away = Away(form.instance, Period(absence.starts_at, absence.ends_at))
            if affected_by(away, now=now):
                link = format_html(
                    '<a href="{}" class="underline">{}</a>',
                    _plan_url(absence=absence.pk),
                    _("Plan the appointments of this absence anew"),
                )
                self.message_user(request, link, messages.WARNING)


def _plan_url(**asked: Any) -> str:
    return f"{reverse('admin:appointments_outage_plan')}?{urlencode(asked)}"
