"""``get_alternatives``: what is free near a wish. Nothing is held."""

from collections.abc import Sequence

from appointments.availability import Slot
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.offers import near, others_than_wished, remember, spoken_facts, starts_of
from calls.functions.registry import voice_function
from calls.functions.room import insist_on_room
from calls.functions.wishes import Wish, read_open_wish
from calls.reply import Reply


@voice_function(aliases=("find_next_available",))
def get_alternatives(conversation: Conversation) -> Reply:
    """Up to three free starts, nearest first, same part of the day first."""
    wish = read_open_wish(conversation)
    insist_on_room(conversation, wish)
    slots = near(conversation, wish)
    message = _sentence(conversation, wish, slots)
    alternatives = remember(conversation, wish.service, slots)
    return Reply("found" if slots else "none", message, {"alternatives": alternatives})


def _sentence(conversation: Conversation, wish: Wish, slots: Sequence[Slot]) -> str:
    """Knows what this call has booked already (incident D9)."""
    found = sentences.nothing_found(wish.service.name)
    if slots:
        found = sentences.found(
            starts_of(conversation, slots),
            service=wish.service.name,
            today=conversation.today,
            others=others_than_wished(wish, slots),
        )
    for own in conversation.booked_in_this_call:
        if own.service_id == wish.service.pk:
            return f"{sentences.booked(**spoken_facts(conversation, own))} {found}"
    return found
