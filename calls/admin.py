"""Calls in the admin: what was asked, what was answered, what became of it."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin, ReadOnlyAdmin, ReadOnlyInline
from calls.callback_admin import CallbackAdmin
from calls.models import Call, CallAppointment, FunctionCall, VoiceAgent

__all__ = ["CallAdmin", "CallbackAdmin", "FunctionCallAdmin", "VoiceAgentAdmin"]


class FunctionCallInline(ReadOnlyInline):
    model = FunctionCall
    fields = ("created_at", "name", "status", "args", "reply", "milliseconds", "error")
    ordering = ("pk",)


class CallAppointmentInline(ReadOnlyInline):
    model = CallAppointment
    fields = ("appointment", "relationship", "created_at")


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "caller", "customer", "branch", "call_id")
    list_filter = ("branch",)
    list_select_related = ("customer", "branch__company")
    search_fields = ("call_id", "caller", "customer__name")
    date_hierarchy = "started_at"
    ordering = ("-started_at",)
    inlines = (CallAppointmentInline, FunctionCallInline)


@admin.register(FunctionCall)
class FunctionCallAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "name", "status", "milliseconds", "call")
    list_filter = ("name", "status")
    list_select_related = ("call",)
    search_fields = ("call__call_id",)
    ordering = ("-created_at",)


@admin.register(VoiceAgent)
class VoiceAgentAdmin(ModelAdmin):
    list_display = ("agent_id", "branch")
    list_select_related = ("branch__company",)
