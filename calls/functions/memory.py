"""What was said earlier in this call about the same matter, for a caller who only says the rest.

"Den zweiten", "ja", "dann um drei" answer a question of ours: the day, the appointment and the stylist
named before still hold. What is said now always wins (incident B11).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from calls.functions.arguments import Arguments
from calls.functions.conversation import Conversation
from calls.models import FunctionCall
from calls.understanding import understand_yes

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


def remembering(conversation: Conversation, name: str, *, old: Collection[str] = OLD) -> Conversation:
    """With what was said to the unfinished attempts at the function ``name``. ``old``: the arguments
    that say which appointment it is about.
    """
    values = dict(conversation.args.values)
    agrees = understand_yes(values.get("bestaetigung")) is True
    for attempt in _unfinished(conversation, name):
        said = _said(attempt, old, agrees=agrees)
        added = {argument: value for argument, value in said.items() if _adds(argument, values, old)}
        values |= added
        agrees = False  # a yes answers the last question, and no earlier one
    return replace(conversation, args=Arguments(values, (), ()))


def _unfinished(conversation: Conversation, name: str) -> Iterator[FunctionCall]:
    for attempt in earlier(conversation):
        if attempt.name != name:
            continue
        if attempt.status not in OPEN:
            return
        yield attempt


def _said(attempt: FunctionCall, old: Collection[str], *, agrees: bool) -> dict[str, Any]:
    """The arguments; instead of words what they were understood as, where that was said back. Whoever
    agrees to the one appointment that was named means that one.
    """
    said = {name: value for name, value in attempt.args.items() if name in KEPT}
    reply = attempt.reply or {}
    named = reply.get("appointments", [])
    if len(named) == 1 and agrees:
        reply = {**reply, "appointment_id": named[0]["appointment_id"]}
    if "appointment_id" in reply:
        said = {name: value for name, value in said.items() if name not in old}
        said["appointment_id"] = str(reply["appointment_id"])
    if attempt.status == "ready_for_confirmation":
        said = {name: value for name, value in said.items() if name not in (*PARTS, *WHOLE)}
        said |= {"datetime": reply["starts_at"], "mitarbeiter": reply["staff"]}
    return said


def _adds(name: str, values: Mapping[str, Any], old: Collection[str]) -> bool:
    """Whether an earlier ``name`` does not contradict what has been said since."""
    if name in values:
        return False
    if name == "appointment_id" or name in OLD:
        return not any(each in values for each in (*old, "position"))
    if name in old:
        return not any(each in values for each in ("appointment_id", "position"))
    if name in (*PARTS, *WHOLE):
        # A position may be of an offer; then its day and time are in it.
        return not any(whole in values for whole in (*WHOLE, "position")) and (
            name not in WHOLE or not any(part in values for part in PARTS)
        )
    return True
