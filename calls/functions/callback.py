"""``request_callback``: somebody of the salon calls back."""

from appointments.phones import normalize_phone
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.identity import queue_callback
from calls.functions.offers import spoken_moment
from calls.functions.registry import voice_function
from calls.functions.words import ask
from calls.models import Callback, Matter
from calls.reply import Reply


@voice_function()
def request_callback(conversation: Conversation) -> Reply:
    """Asked for twice in a call for the same matter it is one; without a number it is a question."""
    reachable = normalize_phone(conversation.args.get("telefon")) or conversation.required_call.caller
    if reachable is None:
        ask(sentences.which_number(), missing=["telefon"])
    return queued(conversation, queue_callback(conversation, Matter.OTHER))


def queued(conversation: Conversation, callback: Callback) -> Reply:
    message = sentences.callback_queued(**spoken_moment(conversation, callback.due_at))
    return Reply("callback_queued", message, {"callback_id": callback.pk})
