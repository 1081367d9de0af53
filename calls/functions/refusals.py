"""Refusals with their reason and with alternatives that are free when they are said."""

from typing import Any

from appointments.availability import Reason
from calls import measuring, sentences
from calls.functions.conversation import Conversation
from calls.functions.offers import near, others_than_wished, remember, starts_of, was_told_free
from calls.functions.wishes import Wish
from calls.reply import Reply

# Reasons that asking the same stylist for another time cannot cure.
ELSEWHERE = frozenset({Reason.STAFF_CANNOT_PROVIDE_SERVICE})
# Somebody else has it, as the ledger or Cal.com says.
GONE = frozenset({Reason.TAKEN, Reason.CALENDAR_TAKEN})


def refuse(conversation: Conversation, wish: Wish, reason: Reason, *, status: str) -> Reply:
    """``status`` is the function's own word for *no*."""
    start = wish.starts[0] if wish.starts else wish.near
    refused = start if reason is Reason.CALENDAR_TAKEN else None
    slots = near(conversation, wish, anybody=reason in ELSEWHERE, refused=refused)
    told = was_told_free(conversation, wish, start)
    if told and reason in GONE:
        measuring.note_race(wish.service)
        if conversation.function_call is not None:
            conversation.function_call.lost_race = True
    why = sentences.refusal(
        reason,
        service=wish.service.name,
        staff=wish.staff.first_name if wish.staff else None,
        start=conversation.local(start),
        today=conversation.today,
        was_told_free=told,
    )
    offer = sentences.offered(
        starts_of(conversation, slots), today=conversation.today, others=others_than_wished(wish, slots)
    )
    fields: dict[str, Any] = {
        "reason": str(reason),
        "alternatives": remember(conversation, wish.service, slots),
    }
    if status == "unavailable":
        fields = {"available": False, **fields}
    return Reply(status, f"{why} {offer}", fields)


def status_for_booking(reason: Reason) -> str:
    """A booking that hours or notice forbid was never *taken*."""
    return "slot_taken" if reason in GONE else "refused"
