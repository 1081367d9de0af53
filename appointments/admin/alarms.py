"""Alarms, of which somebody takes note, and the limits from which they are raised."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import alarms
from appointments.admin.alarm_form import AlarmRuleForm
from appointments.admin.base import ModelAdmin, ReadOnlyAdmin
from appointments.admin.worklist import badge_of
from appointments.models import Alarm, AlarmRule

LIMITS = ("threshold", "minimum", "window_minutes", "reminder_hours")


def open_alarms(request: HttpRequest) -> str:
    """What the navigation counts."""
    return badge_of(request, "alarms")


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("open", gettext_lazy("nobody has taken note")),
            ("unresolved", gettext_lazy("not over yet")),
            ("resolved", gettext_lazy("over")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = queryset
        if self.value() == "open":
            return rows.open()  # type: ignore[no-any-return] # the manager's own
        if self.value() == "unresolved":
            return rows.unresolved()  # type: ignore[no-any-return] # as above
        return queryset.filter(resolved_at__isnull=False) if self.value() == "resolved" else queryset


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    list_display = ("title", "sentence", "severity", "company", "raised_at", "acknowledged_at", "resolved_at")
    list_filter = (StateFilter, "severity", "company")
    list_select_related = ("company",)
    ordering = ("-began_at", "-pk")
    fields = (
        *("sentence", "advice", "severity", "company", "began_at", "raised_at", "seen_at", "told_at"),
        *("acknowledged_at", "acknowledged_by", "resolved_at"),
    )
    readonly_fields = ("sentence", "advice")
    change_form_outer_before_template = "admin/appointments/alarm/take_note.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.raised()  # type: ignore[no-any-return] # the manager's own

    @admin.display(description=gettext_lazy("alarm"), ordering="rule")
    def title(self, alarm: Alarm) -> str:
        return str(alarm)

    @admin.display(description=gettext_lazy("what is wrong"))
    def sentence(self, alarm: Alarm) -> str:
        return alarms.sentence_of(alarm)

    @admin.display(description=gettext_lazy("what to do"))
    def advice(self, alarm: Alarm) -> str:
        return alarms.advice_of(alarm)

    def get_urls(self) -> Any:
        take_note = path(
            "<int:pk>/acknowledge/",
            self.admin_site.admin_view(self.acknowledge),
            name="appointments_alarm_acknowledge",
        )
        return [take_note, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        alarm = kwargs["obj"]
        context |= {
            "title": str(alarm),
            "subtitle": None,
            "may_take_note": request.user.has_perm("appointments.acknowledge_alarm")
            and alarm.acknowledged_at is None
            and alarm.resolved_at is None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def acknowledge(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("appointments.acknowledge_alarm"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rows: Any = self.get_queryset(request)
        alarm = get_object_or_404(rows, pk=pk)
        if alarms.acknowledge(rows.filter(pk=alarm.pk), user=request.user, now=timezone.now()):
            text = _("Taken note of. Nobody is reminded of this alarm any more.")
            self.message_user(request, text, messages.SUCCESS)
        else:
            text = _("Somebody else has taken note of it, or it is over.")
            self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:appointments_alarm_change", args=[pk]))


@admin.register(AlarmRule)
class AlarmRuleAdmin(ModelAdmin):
    """Rows come by themselves, one for each rule; what is changed are their limits."""

    form = AlarmRuleForm
    list_display = ("title", "whose", "active", "from_when", "at_least", "period", "reminder")
    list_filter = ("company", "active")
    list_select_related = ("company",)
    ordering = ("company__name", "rule")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what counts for those that say nothing else."""
        default = AlarmRule.objects.filter(company=None, rule=OuterRef("rule"))
        values = {f"default_{name}": Subquery(default.values(name)[:1]) for name in ("active", *LIMITS)}
        rows: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = rows.annotate(**values)
        return annotated

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A rule without a period has none to choose."""
        rule = None if obj is None else alarms.rule_of(obj.rule)
        if rule is None:
            return ("active",)
        fits = {"minimum": rule.minimum > 0, "window_minutes": rule.window is not None}
        return ("active", *(name for name in LIMITS if fits.get(name, True)))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        context |= {"title": str(row), "subtitle": self.whose(row)}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("alarm"), ordering="rule")
    def title(self, row: AlarmRule) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("company"), ordering="company__name")
    def whose(self, row: AlarmRule) -> str:
        if row.company is not None:
            return str(row.company)
        rule = alarms.rule_of(row.rule)
        return _("the installation") if rule and rule.of_installation else _("all companies")

    @admin.display(description=gettext_lazy("threshold"))
    def from_when(self, row: AlarmRule) -> str:
        rule, limits = alarms.rule_of(row.rule), self._limits(row)
        if rule is None or limits is None:
            return "–"
        return f"{rule.compared.value} {alarms.spelled(limits.threshold, rule)}"

    @admin.display(description=gettext_lazy("at least"))
    def at_least(self, row: AlarmRule) -> str:
        limits = self._limits(row)
        return str(limits.minimum) if limits and limits.minimum else "–"

    @admin.display(description=gettext_lazy("period"))
    def period(self, row: AlarmRule) -> str:
        limits = self._limits(row)
        return alarms.span(limits.window) if limits and limits.window else "–"

    @admin.display(description=gettext_lazy("reminder"))
    def reminder(self, row: AlarmRule) -> str:
        limits = self._limits(row)
        return alarms.span(limits.reminder) if limits else "–"

    def _limits(self, row: Any) -> alarms.Limits | None:
        """None for a rule that no longer exists; its rows go with the next look at everything."""
        rule = alarms.rule_of(row.rule)
        if rule is None:
            return None
        values = {name: getattr(row, f"default_{name}") for name in LIMITS}
        default = AlarmRule(rule=row.rule, active=row.default_active is not False, **values)
        rows = {(None, row.rule): default} | {(row.company_id, row.rule): row}
        return alarms.limits_of(rule, row.company_id, rows)
