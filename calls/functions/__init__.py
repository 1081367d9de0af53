"""What the voice agent can ask. Importing this package fills the registry."""

from calls.functions import (
    alternatives,
    appointments,
    availability,
    booking,
    callback,
    cancelling,
    collecting,
    confirming,
    context,
    dates,
    information,
    release,
    rescheduling,
    revalidation,
)
from calls.functions.registry import FUNCTIONS, VoiceFunction, find

__all__ = [
    "FUNCTIONS",
    "VoiceFunction",
    "alternatives",
    "appointments",
    "availability",
    "booking",
    "callback",
    "cancelling",
    "collecting",
    "confirming",
    "context",
    "dates",
    "find",
    "information",
    "release",
    "rescheduling",
    "revalidation",
]
