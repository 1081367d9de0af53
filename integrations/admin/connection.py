"""The connection to Cal.com: how it is doing, and what can be done about it."""

from datetime import datetime
from time import monotonic
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.admin.base import ModelAdmin
from integrations import queue
from integrations.admin.branches import branches_page
from integrations.admin.connection_form import ConnectionForm
from integrations.admin.words import moment
from integrations.calcom.budget import Priority
from integrations.calcom.errors import CalendarError, sentence_for
from integrations.calcom.line import Line
from integrations.health import Health
from integrations.models import Breaker, CalendarConnection, CalendarSync, SyncState

CHECK_SECONDS = 8.0


@admin.register(CalendarConnection)
class CalendarConnectionAdmin(ModelAdmin):
    form = ConnectionForm
    fields = ("company", "new_api_key", "forget_api_key", "new_webhook_secret", "forget_webhook_secret")
    list_display = ("company", "state", "last_success_at", "last_error_at", "reconciled_until")
    list_select_related = ("company",)
    change_form_outer_before_template = "admin/integrations/calendarconnection/health.html"

    @admin.display(description=gettext_lazy("state"))
    def state(self, connection: CalendarConnection) -> str:
        return str(connection.breaker(now=timezone.now()).label)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A key stays with its company."""
        return () if obj is None else ("company",)

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        name = "integrations_calendarconnection"
        return [
            path("<int:pk>/check/", wrap(self.check_line), name=f"{name}_check"),
            path("<int:pk>/branches/", wrap(self.branches), name=f"{name}_branches"),
            path("<int:pk>/compare/", wrap(self.compare_all), name=f"{name}_compare"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None:
            context |= _shown(Health(obj, now=timezone.now()))
            context["may_change"] = self.has_change_permission(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def branches(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = get_object_or_404(self.get_queryset(request).select_related("company"), pk=pk)
        return branches_page(self, request, connection)

    def check_line(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks Cal.com whose key it is."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        connection = get_object_or_404(self.get_queryset(request).select_related("company"), pk=pk)
        line = Line.of(connection.company)
        if line is None:
            self.message_user(request, _("No key for Cal.com is set."), messages.ERROR)
            return _back(pk)
        try:
            owner = line.call(
                lambda client: client.me(), priority=Priority.LOOKUP, deadline=monotonic() + CHECK_SECONDS
            )
        except CalendarError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            text = _("Cal.com answers. The key belongs to %(name)s.") % {"name": owner.name or owner.user_id}
            self.message_user(request, text, messages.SUCCESS)
        return _back(pk)

    def compare_all(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Both ways, by the worker: what is pending now instead of at its time, then all of the company."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        connection = get_object_or_404(self.get_queryset(request), pk=pk)
        pending = CalendarSync.objects.filter(company=connection.company_id, state=SyncState.PENDING)
        count = pending.update(next_try_at=timezone.now())
        queue.soon("integrations.tasks.sync_calendar")
        queue.soon("integrations.tasks.reconcile_company", connection.company_id)
        text = ngettext(
            "Everything is being compared with Cal.com, %(count)s pending appointment first.",
            "Everything is being compared with Cal.com, %(count)s pending appointments first.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
        return _back(pk)

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return None if request.method == "POST" else HttpResponseNotAllowed(["POST"])


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:integrations_calendarconnection_change", args=[pk]))


def _shown(health: Health) -> dict[str, Any]:
    """Figures and sentences, as the template prints them."""
    connection, zone = health.connection, health.company.zone

    def when(instant: datetime | None) -> str:
        return moment(instant, zone) if instant else _("never")

    hosts, event_types = health.unmapped
    return {
        "health": health,
        "breaker_sentence": _breaker(health),
        "last_success": when(connection.last_success_at),
        "last_error": sentence_for(connection.last_error_code),
        "last_error_at": when(connection.last_error_at),
        "oldest": moment(health.queue.oldest, zone) if health.queue.oldest else "",
        "ratio": _ratio(health),
        "last_message": when(health.last_message_at),
        "reconciled": when(connection.reconciled_until),
        "unmapped_hosts": hosts,
        "unmapped_event_types": event_types,
    }


def _breaker(health: Health) -> str:
    connection, zone = health.connection, health.company.zone
    facts = {
        "since": moment(connection.opened_at, zone),
        "until": moment(connection.retry_at, zone),
        "failures": connection.failures,
    }
    return {
        Breaker.CLOSED: _("Cal.com is asked as usual."),
        Breaker.OPEN: _("Cal.com is left alone since %(since)s, next attempt: %(until)s."),
        Breaker.HALF_OPEN: _("Cal.com did not answer %(failures)s times; the next request tries it again."),
    }[health.breaker] % facts


def _ratio(health: Health) -> str:
    found = health.consistency
    if found.ratio is None:
        return _("No appointments are to come.")
    facts = {
        "verified": found.verified,
        "expected": found.expected,
        "percent": number_format(100 * found.ratio, 1),
    }
    text = _("%(verified)s of %(expected)s coming appointments were seen in the calendar (%(percent)s %%).")
    return text % facts
