"""What the system has noted about the phone, and the agents that answer it."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin, ReadOnlyAdmin
from appointments.admin.scoping import ScopedRelatedFilter
from calls.admin.filters import AttemptFilter, FunctionCallDaysFilter
from calls.models import CallEvent, FunctionCall, VoiceAgent


@admin.register(FunctionCall)
class FunctionCallAdmin(ReadOnlyAdmin):
    scope_company, scope_branch = "call__company", "call__branch"
    list_display = ("created_at", "name", "status", "milliseconds", "call")
    list_filter = (
        *(FunctionCallDaysFilter, AttemptFilter),
        *("name", "status", "lost_race", ("call__branch", ScopedRelatedFilter)),
        ("call__company", ScopedRelatedFilter),
    )
    list_select_related = ("call",)
    search_fields = ("call__call_id",)
    ordering = ("-created_at",)


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
