"""Where alarms are sent, a message to try it, and what was sent."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import alarms
from appointments.access import access_of
from appointments.admin.base import ModelAdmin, ReadOnlyAdmin
from integrations.admin.alarm_form import AlarmChannelForm
from integrations.alarms.delivering import try_out
from integrations.alarms.sending import NotSent, sentence_for
from integrations.models import AlarmChannel, AlarmNotice


@admin.register(AlarmChannel)
class AlarmChannelAdmin(ModelAdmin):
    form = AlarmChannelForm
    list_display = ("name", "company", "shown", "active", "last_sent_at", "problem")
    list_filter = ("company", "active")
    list_select_related = ("company",)
    ordering = ("company__name", "name")
    change_form_outer_before_template = "admin/integrations/alarmchannel/try.html"

    @admin.display(description=gettext_lazy("last error"))
    def problem(self, channel: AlarmChannel) -> str:
        return sentence_for(channel.last_error) or "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        operators = access_of(request.user).everything and (obj is None or obj.company_id is None)
        all_companies = ("all_companies",) if operators else ()
        return (
            *("company", "name", "new_address", "active", "critical_only"),
            *all_companies,
            "per_hour",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A channel stays with its company: where it may reach, and what it hears of, follows from that."""
        return () if obj is None else ("company",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only whoever runs the system may leave the company empty."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if not access_of(request.user).everything:
            field.required = True
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of the environment are changed there."""
        may = super().has_change_permission(request, obj)
        return may and not (obj is not None and obj.from_environment)

    def get_urls(self) -> Any:
        try_it = path(
            "<int:pk>/try/", self.admin_site.admin_view(self.try_it), name="integrations_alarmchannel_try"
        )
        return [try_it, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        channel = kwargs.get("obj")
        if channel is not None:
            context |= {
                "may_try": super().has_change_permission(request),
                "problem": sentence_for(channel.last_error),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def try_it(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends at once: whoever has asked for it looks at the other screen already."""
        if not super().has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        channel = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            try_out(channel)
        except NotSent as failure:
            self.message_user(request, str(failure), messages.ERROR)
        else:
            text = _("A test message was sent to “%(name)s”.") % {"name": channel.name}
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:integrations_alarmchannel_change", args=[pk]))


@admin.register(AlarmNotice)
class AlarmNoticeAdmin(ReadOnlyAdmin):
    scope_company = "channel__company"
    list_display = ("created_at", "channel", "kind", "about", "sent_at", "failures", "problem")
    list_filter = ("kind", "channel")
    list_select_related = ("channel", "alarm")
    ordering = ("-created_at", "-pk")
    exclude = ("error",)

    @admin.display(description=gettext_lazy("alarm"))
    def about(self, notice: AlarmNotice) -> str:
        return alarms.sentence_of(notice.alarm) if notice.alarm else "–"

    @admin.display(description=gettext_lazy("error"))
    def problem(self, notice: AlarmNotice) -> str:
        return sentence_for(notice.error) or "–"
