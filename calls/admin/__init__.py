"""Calls in the admin: who called, what was said, asked and answered, and what became of it."""

from calls.admin.calls import CallAdmin
from calls.admin.records import CallEventAdmin, FunctionCallAdmin, VoiceAgentAdmin

__all__ = ["CallAdmin", "CallEventAdmin", "FunctionCallAdmin", "VoiceAgentAdmin"]
