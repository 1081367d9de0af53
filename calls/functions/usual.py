"""As last time, as always: asked back with what that was, never taken for granted (incidents B7, B11)."""

from appointments.models import Service, Staff
from calls import recognition
from calls.functions.conversation import Conversation
from calls.functions.memory import earlier
from calls.recognition import Usual
from calls.understanding import is_only_yes, means_as_before, means_last_time


def usual_service(conversation: Conversation) -> Service | None:
    """The service that "das Gleiche wie letztes Mal" would be; None if other words were said."""
    found = _before(conversation, "dienstleistung").service
    return next((each for each in conversation.services if each == found), None)


def usual_staff(conversation: Conversation) -> Staff | None:
    found = _before(conversation, "mitarbeiter").staff
    return next((each for each in conversation.colleagues if each == found), None)


def _before(conversation: Conversation, argument: str) -> Usual:
    """Only of whoever calls from a number that is known (invariant I9)."""
    words = conversation.args.get(argument)
    if conversation.customer is None or not means_as_before(words):
        return Usual()
    if means_last_time(words):
        return recognition.last_visit(conversation.customer, now=conversation.now)
    return recognition.usual(conversation.customer, now=conversation.now)


def agreed_to(conversation: Conversation, argument: str) -> str | None:
    """The one name that the last answer of this call asked about, if ``argument`` is a yes to it."""
    if not is_only_yes(conversation.args.get(argument)):
        return None
    for attempt in earlier(conversation)[:1]:
        reply = attempt.reply or {}
        candidates = reply.get("candidates") or []
        if reply.get("missing") == [argument] and len(candidates) == 1:
            return str(candidates[0])
    return None
