"""What the voice agent can ask. Importing this package fills the registry."""

from calls.functions import alternatives, availability, booking, information, release, revalidation
from calls.functions.registry import FUNCTIONS, VoiceFunction, find

__all__ = [
    "FUNCTIONS",
    "VoiceFunction",
    "alternatives",
    "availability",
    "booking",
    "find",
    "information",
    "release",
    "revalidation",
]
