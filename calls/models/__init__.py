"""What the phone leaves behind: calls, function calls, offers, and what became of them."""

from .call import Call, VoiceAgent
from .function_call import FunctionCall, Offer
from .link import CallAppointment, Relationship

__all__ = ["Call", "CallAppointment", "FunctionCall", "Offer", "Relationship", "VoiceAgent"]
