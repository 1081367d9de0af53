"""Who may hear of an appointment, move it or cancel it: whoever calls from its customer's number.

What the caller says proves nothing, neither a name nor a number nor an id (invariant I9; incidents
H5, H11, H16-H18).
"""

from appointments.phones import normalize_phone
from calls import callbacks, sentences
from calls.functions.conversation import Conversation
from calls.functions.offers import spoken_moment
from calls.functions.words import staff_names
from calls.models import Callback, Matter
from calls.reply import Reply
from calls.understanding import understand_name


def not_identified(conversation: Conversation, matter: Matter) -> Reply:
    """Nothing about any appointment, but somebody of the salon calls back (incident H11)."""
    callback = queue_callback(conversation, matter)
    if callback.phone is None:
        message = sentences.not_identified_needs_number()
    else:
        message = sentences.not_identified_calls_back(**spoken_moment(conversation, callback.due_at))
    return Reply("not_identified", message, {"callback_id": callback.pk})


def queue_callback(conversation: Conversation, matter: Matter) -> Callback:
    """The number they name, else their own; the name they give, else that of their record."""
    call = conversation.required_call
    return callbacks.queue(
        call,
        matter=matter,
        name=_name(conversation),
        phone=normalize_phone(conversation.args.get("telefon")) or call.caller,
        reason=conversation.args.get("grund") or conversation.args.get("notiz") or "",
        now=conversation.now,
    )


def _name(conversation: Conversation) -> str:
    heard = understand_name(conversation.args.get("name"), staff=staff_names(conversation))
    if heard.status == "ok" and heard.name:
        return heard.name
    return conversation.customer.name if conversation.customer else ""
