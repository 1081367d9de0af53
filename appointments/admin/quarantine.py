"""The quarantine: what came in conflict from an import or the calendar, and the ways out of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from appointments import booking
from appointments.access import access_of
from appointments.admin import panels
from appointments.admin.base import ReadOnlyAdmin
from appointments.models import Appointment, ConflictingAppointment, Staff
from appointments.models.appointment import Source, Status

RELATED = (
    *("company", "branch__company", "staff__branch__company", "service", "customer", "quarantine__run"),
    *("quarantine__other__service", "quarantine__other__customer"),
)
MOST = 99


class WaitsFilter(SimpleListFilter):
    title = _("time")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("coming", _("still to come")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.value() == "coming":
            return queryset.filter(ends_at__gt=now)
        return queryset.filter(ends_at__lte=now) if self.value() == "over" else queryset


class ElsewhereForm(forms.Form):
    """Another time than those that are offered."""

    starts_at = forms.SplitDateTimeField(label=_("start"), widget=UnfoldAdminSplitDateTimeWidget)
    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("stylist"), widget=UnfoldAdminSelectWidget)
    overrides_hours = forms.BooleanField(
        label=_("Book it all the same: outside opening and working hours, or at an unusual minute."),
        required=False,
    )

    def __init__(self, data: Any = None, *, appointment: Appointment) -> None:
        super().__init__(data, initial={"starts_at": appointment.starts_at, "staff": appointment.staff_id})
        colleagues = Staff.objects.active().filter(branch=appointment.branch_id).order_by("name")
        self.fields["staff"].queryset = colleagues  # type: ignore[attr-defined]


Way = Callable[[Appointment, datetime, int | None], Appointment]
WAYS: Mapping[str, Way] = {
    "time": lambda one, now, revision: booking.mark(one, Status.BOOKED, now=now, revision=revision),
    "over": lambda one, now, revision: booking.took_place(one, now=now, revision=revision),
    "merge": lambda one, now, revision: booking.merge(one, now=now, revision=revision),
    "drop": lambda one, now, revision: booking.mark(one, Status.REJECTED, now=now, revision=revision),
}
DONE = {
    "time": _("The appointment is booked at its time."),
    "over": _("The appointment is kept as one that took place."),
    "merge": _("The two are one appointment now."),
    "drop": _("The appointment has been dropped; its history stays."),
}


@admin.register(ConflictingAppointment)
class QuarantineAdmin(ReadOnlyAdmin):
    scope_branch, scope_staff = "branch", "staff"
    list_display = ("starts_at", "service", "attendee", "staff", "reason", "beside", "source", "company")
    list_filter = (WaitsFilter, "source", "quarantine__kind", "branch", "staff", "company")
    list_select_related = RELATED
    search_fields = ("customer__name", "customer__phone", "attendee_name", "contact_phone")
    search_help_text = _("Name or telephone number, in any spelling.")
    ordering = ("starts_at",)
    actions = ("take_time_selected", "took_place_selected", "merge_selected", "drop_selected")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("appointments.view_appointment")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(status=Status.CONFLICT).prefetch_related("phases")

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if _may_decide(request) else {}

    @admin.display(description=_("customer"))
    def attendee(self, appointment: Appointment) -> str:
        return appointment.attendee

    @admin.display(description=_("reason"))
    def reason(self, appointment: Appointment) -> str:
        """Without a row of its own it came from the calendar, or the night's check has set it aside."""
        quarantine = getattr(appointment, "quarantine", None)
        if quarantine is not None:
            return str(quarantine.get_kind_display())
        by_calendar = appointment.source == Source.CALENDAR
        return str(_("overlap in the calendar") if by_calendar else _("overlap"))

    @admin.display(description=_("beside"))
    def beside(self, appointment: Appointment) -> str:
        quarantine = getattr(appointment, "quarantine", None)
        return str(quarantine.other) if quarantine and quarantine.other else "–"

    def get_urls(self) -> Any:
        wrap, name = self.admin_site.admin_view, "appointments_conflictingappointment"
        return [
            path("<int:pk>/decide/<str:way>/", wrap(self.decide), name=f"{name}_decide"),
            path("<int:pk>/move/", wrap(self.move), name=f"{name}_move"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        appointment = self.get_object(request, object_id)
        if appointment is None:
            return self._gone(request, object_id)
        return self._show(request, appointment)

    def _show(self, request: HttpRequest, appointment: Appointment, form: Any = None) -> HttpResponse:
        now = timezone.now()
        elsewhere = booking.is_decided_elsewhere(appointment, now=now)
        coming = appointment.ends_at > now
        decides = _may_decide(request) and not elsewhere
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(appointment),
            "media": self.media,
            "appointment": appointment,
            "reason": self.reason(appointment),
            "quarantine": getattr(appointment, "quarantine", None),
            "others": booking.in_the_way_of([appointment])[appointment.pk],
            "doubles": booking.doubles_of(appointment),
            "case_url": _case_url(appointment) if elsewhere else "",
            "decides": decides,
            "coming": coming,
            "places": booking.free_places(appointment, now=now) if decides and coming else [],
            "form": form or ElsewhereForm(appointment=appointment),
        }
        return TemplateResponse(request, "admin/appointments/quarantine/page.html", context)

    def decide(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        if not _may_decide(request):
            raise PermissionDenied
        if way not in WAYS:
            raise Http404
        appointment = self.get_object(request, str(pk))
        if appointment is None:
            return self._gone(request, str(pk))
        if request.method == "POST":
            error = self._try(appointment, WAYS[way], _number(request.POST.get("revision")))
            if not error:
                self.message_user(request, DONE[way], messages.SUCCESS)
                return HttpResponseRedirect(_list_url())
            self.message_user(request, error, messages.ERROR)
        return HttpResponseRedirect(_page_url(pk))

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To one of the offered times, or to another that was typed; refused, it is typed still."""
        if not _may_decide(request):
            raise PermissionDenied
        appointment = self.get_object(request, str(pk))
        if appointment is None:
            return self._gone(request, str(pk))
        form = ElsewhereForm(request.POST, appointment=appointment)
        chosen = _chosen(request.POST.get("place", ""), appointment)
        if chosen is None and not form.is_valid():
            return self._show(request, appointment, form)
        to = chosen or booking.Move(start=form.cleaned_data["starts_at"], staff=form.cleaned_data["staff"])
        overrides = chosen is None and form.cleaned_data["overrides_hours"]

        def way(one: Appointment, now: datetime, revision: int | None) -> Appointment:
            return booking.give_place(one, to, now=now, revision=revision, overrides_hours=overrides)

        error = self._try(appointment, way, _number(request.POST.get("revision")))
        if error:
            self.message_user(request, error, messages.ERROR)
            return self._show(request, appointment, None if chosen else form)
        self.message_user(request, _("The appointment has been moved and is booked."), messages.SUCCESS)
        return HttpResponseRedirect(_list_url())

    def _try(self, appointment: Appointment, way: Way, revision: int | None) -> str:
        """The refusal as a sentence; empty if it was done."""
        now = timezone.now()
        if booking.is_decided_elsewhere(appointment, now=now):
            return str(_("It came from the calendar: please decide it in its calendar case."))
        try:
            way(_as_appointment(appointment), now, revision)
        except booking.BookingError as error:
            return str(error)
        return ""

    def _gone(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Somebody was faster, or the time became free: it is no conflict any more."""
        text = _(
            "This appointment is not in quarantine any more: somebody has decided, or its time became free."
        )
        self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(_list_url())

    @admin.action(description=_("Book at their time, where it is free by now"))
    def take_time_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._decide_all(request, queryset, WAYS["time"])

    @admin.action(description=_("They took place all the same"))
    def took_place_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._decide_all(request, queryset, WAYS["over"])

    @admin.action(description=_("Merge with the appointment of the same customer"))
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._decide_all(request, queryset, WAYS["merge"])

    @admin.action(description=_("Drop the selected appointments"))
    def drop_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._decide_all(request, queryset, WAYS["drop"])

    def _decide_all(self, request: HttpRequest, queryset: QuerySet[Any], way: Way) -> None:
        """One by one: what is refused is said and does not hold up the others."""
        refusals: dict[str, int] = {}
        done = 0
        for appointment in queryset.select_related(*RELATED):
            if error := self._try(appointment, way, appointment.revision):
                refusals[error] = refusals.get(error, 0) + 1
            else:
                done += 1
        for sentence, count in refusals.items():
            self.message_user(request, f"{count}× {sentence}", messages.ERROR)
        text = ngettext("%(count)s appointment decided.", "%(count)s appointments decided.", done)
        self.message_user(request, text % {"count": done}, messages.SUCCESS if done else messages.WARNING)


def waiting(request: HttpRequest) -> str:
    """For the navigation; empty for none."""
    count = booking.in_quarantine(access_of(request.user))[: MOST + 1].count()
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"


def _as_appointment(appointment: Appointment) -> Appointment:
    """The writer's own class, so that its history is an appointment's."""
    return Appointment.objects.select_related(*RELATED).get(pk=appointment.pk)


def _may_decide(request: HttpRequest) -> bool:
    return request.user.has_perm("appointments.change_appointment")


def _case_url(appointment: Appointment) -> str:
    """Where the calendar's app wants it decided, if it says so."""
    return next((url for panel in panels.registered() if (url := panel.case_url(appointment))), "")


def _chosen(text: str, appointment: Appointment) -> booking.Move | None:
    """``"<stylist>/<start>"`` of a radio button; None for anything else."""
    staff_id, _slash, start = text.partition("/")
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        return None
    if moment.tzinfo is None or not staff_id.isdecimal() or len(staff_id) > 18:
        return None
    colleague = Staff.objects.active().filter(branch=appointment.branch_id, pk=staff_id).first()
    return booking.Move(start=moment, staff=colleague) if colleague else None


def _number(text: str | None) -> int:
    """-1, which is no revision, for whatever is no number."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def _list_url() -> str:
    return reverse("admin:appointments_conflictingappointment_changelist")


def _page_url(pk: int) -> str:
    return reverse("admin:appointments_conflictingappointment_change", args=[pk])
