"""``collect_appointment_data``: one function for check and booking, as older agents have it."""

from calls.functions.availability import check_availability
from calls.functions.booking import start_booking
from calls.functions.confirmation import confirmed
from calls.functions.conversation import Conversation
from calls.functions.registry import voice_function
from calls.functions.words import Refused
from calls.reply import Reply


@voice_function()
def collect_appointment_data(conversation: Conversation) -> Reply:
    """``bestaetigung`` yes books; no, or nothing said, checks (incident C2: each case has its answer)."""
    books = confirmed(conversation) is True
    try:
        return start_booking(conversation) if books else check_availability(conversation)
    except Refused as refused:
        return refused.refused_as("refused" if books else "unavailable")
