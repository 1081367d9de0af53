"""``get_customer_appointments``: what the caller has with us, if their number proves who they are."""

from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.registry import voice_function
from calls.functions.which import SPOKEN_AT_MOST, Hints, fitting, listed, spoken
from calls.models import Relationship
from calls.reply import Reply


@voice_function(aliases=("query_appointment",))
def get_customer_appointments(conversation: Conversation) -> Reply:
    """All that are to come, the next first. Words that fit none of them do not hide the others."""
    if conversation.customer is None:
        return Reply("not_identified", sentences.not_identified())
    every = conversation.customers_appointments
    if not every:
        return Reply("none", sentences.no_appointments(), {"appointments": []})
    args = conversation.args
    hints = Hints(
        day=args.get("datum") or args.get("altes_datum") or args.get("datetime"),
        clock=args.get("uhrzeit") or args.get("alte_uhrzeit"),
        service=args.get("dienstleistung"),
        staff=args.get("mitarbeiter"),
    )
    found = fitting(conversation, hints, every)
    for each in (found or every)[:SPOKEN_AT_MOST]:
        conversation.link(each, Relationship.ENQUIRY)
    message = (
        sentences.your_appointments(spoken(conversation, found), count=len(found))
        if found
        else sentences.no_such_appointment(spoken(conversation, every), count=len(every))
    )
    return Reply("found", message, {"appointments": listed(conversation, found or every)})
