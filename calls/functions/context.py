"""``get_current_context``: what day it is, when the salon is open, and who calls."""

from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.information import hours_as_text
from calls.functions.registry import voice_function
from calls.opening import open_day
from calls.recognition import Known, recognise
from calls.reply import Reply
from calls.speech import weekday_name


@voice_function(aliases=("initialize_call", "check_customer"), needs_call=False)
def get_current_context(conversation: Conversation) -> Reply:
    """Of a caller whose number is known the first name and what they usually have done; of others
    nothing, whatever name or number is in the arguments (invariant I9).
    """
    caller = conversation.call.caller if conversation.call else None
    known = recognise(conversation.company, caller, now=conversation.now)
    today = open_day(conversation.branch, conversation.today)
    fields = {
        "customer": None if known is None else _customer(known),
        "now": conversation.local(conversation.now).replace(microsecond=0).isoformat(),
        "weekday": weekday_name(conversation.today),
        "opening_hours_today": hours_as_text(today.periods),
    }
    message = sentences.greeting(conversation.today, first_name=known.first_name if known else "")
    return Reply("unknown" if known is None else "known", message, fields)


def _customer(known: Known) -> dict[str, str | None]:
    service, staff = known.usual.service, known.usual.staff
    return {
        "first_name": known.first_name,
        "usual_service": service.name if service else None,
        "usual_staff": staff.name if staff else None,
    }
