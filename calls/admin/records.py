"""What the system has noted about the phone, and the agents that answer it."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from appointments.admin.base import ModelAdmin, ReadOnlyAdmin
from appointments.admin.scoping import ScopedRelatedFilter
from calls.admin.filters import AttemptFilter, FunctionCallDaysFilter, FunctionFilter, StatusFilter
from calls.admin.versions import versions_page
from calls.models import CallEvent, Deployment, FunctionCall, VoiceAgent

# Where people work on agents; the API has no address for that.
DASHBOARD = "https://dashboard.retellai.com/agents/"
LINK = "text-primary-600 underline dark:text-primary-500"


@admin.register(FunctionCall)
class FunctionCallAdmin(ReadOnlyAdmin):
    scope_company, scope_branch = "call__company", "call__branch"
    list_display = ("created_at", "name", "status", "milliseconds", "call")
    list_filter = (
        *(FunctionCallDaysFilter, AttemptFilter),
        *(FunctionFilter, StatusFilter, "lost_race", ("call__branch", ScopedRelatedFilter)),
        ("call__company", ScopedRelatedFilter),
    )
    list_select_related = ("call",)
    # By time they stand already; the other way round would be looked for among all companies' calls.
    sortable_by = ("name", "status", "milliseconds")
    search_fields = ("call__call_id",)
    ordering = ("-call__started_at", "-created_at")


@admin.register(CallEvent)
class CallEventAdmin(ReadOnlyAdmin):
    """The body is shown to nobody: until it has been worked on, it is what somebody said.

    Whose call it is, is not known before that, so only the operator looks here.
    """

    scope_company = ""
    list_display = ("received_at", "event", "call_id", "outcome", "processed_at", "failures", "error")
    list_filter = ("outcome", "event")
    search_fields = ("call_id",)
    ordering = ("-received_at",)
    exclude = ("body",)


@admin.register(VoiceAgent)
class VoiceAgentAdmin(ModelAdmin):
    scope_company, scope_branch = "branch__company", "branch"
    list_display = ("agent_id", "branch")
    list_select_related = ("branch__company",)
    fields = ("branch", "agent_id", "platform")
    readonly_fields = ("platform",)

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        page = path("<int:pk>/versions/", wrap(self.versions), name="calls_voiceagent_versions")
        return [page, *super().get_urls()]

    def versions(self, request: HttpRequest, pk: int) -> HttpResponse:
        agent = get_object_or_404(self.get_queryset(request).select_related("branch__company"), pk=pk)
        return versions_page(self, request, agent)

    @admin.display(description=_("at the voice platform"))
    def platform(self, agent: VoiceAgent) -> str:
        """Since when it is as we have made it, and where somebody may have changed it."""
        if not agent.agent_id:
            return "–"
        deployment = Deployment.objects.filter(agent=agent.pk).first()
        if deployment is None:
            since = str(_("Not deployed from here yet."))
        else:
            day = date_format(timezone.localtime(deployment.deployed_at), "DATE_FORMAT")
            since = _("Deployed on %(day)s.") % {"day": day}
        address = f"{DASHBOARD}{quote(agent.agent_id, safe='')}"
        link = '<a class="{}" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
        versions = reverse("admin:calls_voiceagent_versions", args=[agent.pk])
        own = format_html('<a class="{}" href="{}">{}</a>', LINK, versions, _("Versions of the conversation"))
        return format_html(f"{{}} {link} · {{}}", since, LINK, address, _("Look at it there"), own)
