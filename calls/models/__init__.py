"""What the phone leaves behind: calls, function calls, offers, and what became of them."""

from calls.models.call import Call, VoiceAgent
from calls.models.callback import Callback, Matter
from calls.models.function_call import FunctionCall, Offer
from calls.models.link import CallAppointment, Relationship

__all__ = [
    "Call",
    "CallAppointment",
    "Callback",
    "FunctionCall",
    "Matter",
    "Offer",
    "Relationship",
    "VoiceAgent",
]
