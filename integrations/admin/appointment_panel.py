"""The calendar on the appointment's page and in the list of appointments."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments.admin.panels import Panel, register
from appointments.models import Appointment
from integrations.admin.standing import standing_of
from integrations.consistency import as_promised, expected
from integrations.models import CalendarCase, CaseKind, SyncState
from integrations.resolving import compare_now

# So many at once: somebody is waiting for the page.
MOST_AT_ONCE = 10
SECONDS_EACH = 3.0
CASE = "case"
EXPECTED, ASTRAY = "expected", "astray"


class CalendarFilter(SimpleListFilter):
    title = _("calendar")
    parameter_name = "calendar"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            (CASE, _("needs a decision")),
            (EXPECTED, _("belongs in the calendar")),
            (ASTRAY, _("does not stand there as promised")),
            *SyncState.choices,
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        if self.value() == CASE:
            return queryset.filter(_has_open_case())
        if self.value() in {EXPECTED, ASTRAY}:
            belongs = expected(queryset, timezone.now())
            return belongs if self.value() == EXPECTED else belongs.exclude(as_promised())
        if self.value() in SyncState.values:
            return queryset.filter(calendar_sync__state=self.value())
        return queryset


def _has_open_case() -> Exists:
    return Exists(CalendarCase.objects.filter(appointment=OuterRef("pk"), solved_at=None))


@admin.display(description=_("calendar"))
def calendar_column(appointment: Any) -> str:
    if appointment.has_calendar_case:
        return str(_("needs a decision"))
    state = appointment.calendar_state
    return str(SyncState(state).label) if state else "–"


@admin.action(description=_("Compare the selected appointments with Cal.com now"))
def compare_selected(model_admin: Any, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
    """One after the other; what is not done in time the worker does anyway."""
    agreed = 0
    chosen = queryset.select_related("company", "branch__company", "service", "customer")
    for appointment in chosen.order_by("starts_at")[:MOST_AT_ONCE]:
        compared = compare_now(appointment, seconds=SECONDS_EACH)
        agreed += compared.agrees
        if not compared.agrees:
            model_admin.message_user(request, f"{appointment}: {compared.sentence}", messages.WARNING)
    if agreed:
        text = ngettext(
            "%(count)s appointment agrees with the calendar.",
            "%(count)s appointments agree with the calendar.",
            agreed,
        )
        model_admin.message_user(request, text % {"count": agreed}, messages.SUCCESS)
    left = queryset.count() - MOST_AT_ONCE
    if left > 0:
        text = ngettext(
            "%(count)s appointment was not compared: that is too many at once.",
            "%(count)s appointments were not compared: that is too many at once.",
            left,
        )
        model_admin.message_user(request, text % {"count": left}, messages.WARNING)


class CalendarPanel(Panel):
    columns: ClassVar = (calendar_column,)
    filters: ClassVar = (CalendarFilter,)
    actions: ClassVar = (compare_selected,)

    def annotate(self, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        return queryset.annotate(calendar_state=F("calendar_sync__state"), has_calendar_case=_has_open_case())

    def case_url(self, appointment: Appointment) -> str:
        cases = CalendarCase.objects.filter(
            appointment=appointment.pk, kind=CaseKind.CONFLICT, solved_at=None
        )
        pk = cases.values_list("pk", flat=True).first()
        return reverse("admin:integrations_calendarcase_change", args=[pk]) if pk else ""

    def render(self, request: HttpRequest, appointment: Appointment) -> str:
        """Branch and company are read anew: the form may hold others."""
        stored = Appointment.objects.select_related("branch__company").get(pk=appointment.pk)
        context = {
            "appointment": stored,
            "standing": standing_of(stored),
            "may_compare": request.user.has_perm("appointments.change_appointment"),
            "may_see_cases": request.user.has_perm("integrations.view_calendarcase"),
        }
        return render_to_string("admin/integrations/appointment_panel.html", context, request)


register(CalendarPanel())
