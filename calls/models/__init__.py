"""What the phone leaves behind: calls, function calls, offers, callbacks, and what became of them."""

from calls.models.call import Call, CallStatus, VoiceAgent
from calls.models.callback import Callback, Matter
from calls.models.deployment import Deployment
from calls.models.event import CallEvent, CallEventOutcome, CallWatermark
from calls.models.flow_version import FlowVersion
from calls.models.function_call import FunctionCall, Offer
from calls.models.link import CallAppointment, Relationship
from calls.models.transcript import CallClaim, ClaimKind, Transcript

__all__ = [
    "Call",
    "CallAppointment",
    "CallClaim",
    "CallEvent",
    "CallEventOutcome",
    "CallStatus",
    "CallWatermark",
    "Callback",
    "ClaimKind",
    "Deployment",
    "FlowVersion",
    "FunctionCall",
    "Matter",
    "Offer",
    "Relationship",
    "Transcript",
    "VoiceAgent",
]
