"""``parse_date``: what the caller's words for a day or a time mean, with the weekday (incident A3)."""

from typing import Any

from appointments.fields import format_minute
from calls import sentences, speech
from calls.functions.conversation import Conversation
from calls.functions.registry import voice_function
from calls.functions.words import ask, ask_when, understand
from calls.reply import Reply
from calls.understanding import When


@voice_function(needs_call=False)
def parse_date(conversation: Conversation) -> Reply:
    """A day is enough here. Understands exactly what the other functions understand (A14, A16)."""
    when = understand(conversation)
    if when is None or when.status == "invalid":
        ask_when(conversation, when)
    if when.status == "past":
        ask(sentences.is_past(), missing=["datum"])
    if when.status == "too_far":
        ask(sentences.is_too_far(), missing=["datum"])
    if when.date is None or (when.status == "ask" and list(when.missing) != ["uhrzeit"]):
        ask_when(conversation, when)
    start = None if when.time is None else (when.time.hour, when.time.minute)
    message = sentences.that_is(when.date, start)
    return Reply("found", message, _fields(when))


def _fields(when: When) -> dict[str, Any]:
    return {
        "date": when.date.isoformat() if when.date else None,
        "weekday": speech.weekday_name(when.date) if when.date else None,
        "time": f"{when.time:%H:%M}" if when.time else None,
        "window": [format_minute(minute) for minute in when.window] if when.window else None,
        "approximate": when.approximate,
        "preferences": [f"{each:%H:%M}" for each in when.preferences],
    }
