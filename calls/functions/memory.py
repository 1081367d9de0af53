"""What was said earlier in this call about the same matter, for a caller who only says the rest.

"Den zweiten", "ja", "dann um drei" answer a question of ours: the day, the appointment and the stylist
named before still hold. What is said now always wins (incident B11).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from calls.functions.arguments import Arguments
from calls.functions.conversation import Conversation
from calls.models import FunctionCall

# After these the matter is still open; after any other answer it is done with.
OPEN = frozenset({"several", "needs_clarification", "ready_for_confirmation", "slot_taken"})
LOOKED_BACK = 10
# What says when. An offer or a moment says it whole, so nothing older is added to it.
WHOLE = ("offer_id", "datetime")
PARTS = ("neues_datum", "neue_uhrzeit", "datum", "uhrzeit")
OLD = ("appointment_id", "altes_datum", "alte_uhrzeit")
KEPT = (*PARTS, *WHOLE, *OLD, "mitarbeiter", "dienstleistung")


def earlier(conversation: Conversation) -> list[FunctionCall]:
    """What this call has been answered before this message, the latest first."""
    current = conversation.function_call
    if current is None or not conversation.has_history:
        return []
    rows = FunctionCall.objects.filter(call=conversation.call, pk__lt=current.pk).exclude(reply=None)
    return list(rows.order_by("-pk")[:LOOKED_BACK])


def remembering(conversation: Conversation, *names: str) -> Conversation:
    """With the arguments of the unfinished attempts at one of the functions ``names``."""
    values = dict(conversation.args.values)
    for attempt in _unfinished(conversation, names):
        for name, value in _said(attempt).items():
            if _adds(name, values):
                values[name] = value
    return replace(conversation, args=Arguments(values, (), ()))


def _unfinished(conversation: Conversation, names: tuple[str, ...]) -> Iterator[FunctionCall]:
    for attempt in earlier(conversation):
        if attempt.name not in names:
            continue
        if attempt.status not in OPEN:
            return
        yield attempt


def _said(attempt: FunctionCall) -> dict[str, Any]:
    """The arguments; instead of words what they were understood as, where that was said back."""
    said = {name: value for name, value in attempt.args.items() if name in KEPT}
    reply = attempt.reply or {}
    if "appointment_id" in reply:
        said = {name: value for name, value in said.items() if name not in OLD}
        said["appointment_id"] = str(reply["appointment_id"])
    if attempt.status == "ready_for_confirmation":
        said = {name: value for name, value in said.items() if name not in (*PARTS, *WHOLE)}
        said |= {"datetime": reply["starts_at"], "mitarbeiter": reply["staff"]}
    return said


def _adds(name: str, values: dict[str, Any]) -> bool:
    """Whether an earlier ``name`` does not contradict what has been said since."""
    if name in values:
        return False
    if name in (*PARTS, *WHOLE):
        # A position may be of an offer; then its day and time are in it.
        return not any(whole in values for whole in (*WHOLE, "position")) and (
            name not in WHOLE or not any(part in values for part in PARTS)
        )
    if name in OLD:
        return not any(old in values for old in OLD)
    return True
