"""Calls in the admin: who called, what was said, asked and answered, and what became of it."""

from calls.admin import panels
from calls.admin.calls import CallAdmin
from calls.admin.records import CallEventAdmin, FunctionCallAdmin, VoiceAgentAdmin
from calls.callback_admin import CallbackAdmin

__all__ = ["CallAdmin", "CallEventAdmin", "CallbackAdmin", "FunctionCallAdmin", "VoiceAgentAdmin", "panels"]
