"""Taking a message about a call in: stored once, and nothing more. The platform waits for the answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from calls.json_values import dictionary, word
from calls.models import CallEvent
from integrations.incoming.intake import storable

STARTED, ENDED, ANALYZED = "call_started", "call_ended", "call_analyzed"
LIFECYCLE = frozenset({STARTED, ENDED, ANALYZED})
# A call of the platform's own list that could not be recorded at once.
LISTED = "listed"
# What is read of a call. The rest is not ours to keep: recordings and logs behind addresses that open to
# whoever has them, the token of a web call, what the flow's variables hold.
KEPT = (
    "call_id",
    "agent_id",
    "call_type",
    "direction",
    "from_number",
    "to_number",
    "call_status",
    "start_timestamp",
    "end_timestamp",
    "duration_ms",
    "disconnection_reason",
    "call_analysis",
    "call_cost",
)
SPOKEN = ("transcript_with_tool_calls", "transcript_object")
ENTRY = ("role", "content", "words", "tool_call_id", "name")
# What a caller says is kept; what a function was asked and answered stands in our own rows.
ASKED_AND_ANSWERED = {"tool_call_invocation", "tool_call_result"}


def store(event: str, call: Any, *, now: datetime) -> CallEvent | None:
    """The stored message, due at once; the one there is if it came before. None: it names no call."""
    body = kept_of(dictionary(call)) if event in {*LIFECYCLE, LISTED} else {}
    key = {"event": word(event), "call_id": word(dictionary(call).get("call_id"))}
    if not key["call_id"]:
        return None
    message = CallEvent(**key, body=body, received_at=now, next_try_at=now)
    CallEvent.objects.bulk_create([message], ignore_conflicts=True)
    return CallEvent.objects.get(**key)


def kept_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a call object that is stored until it has been worked on."""
    kept = {key: call[key] for key in KEPT if key in call}
    for key in SPOKEN:
        if isinstance(call.get(key), list):
            kept[key] = [_entry(each) for each in call[key] if isinstance(each, dict)]
    return dict(storable(kept))


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: entry[key] for key in ENTRY if key in entry}
    if word(entry.get("role")) in ASKED_AND_ANSWERED:
        kept.pop("content", None)
    return kept
