"""Whether the caller may have another appointment: the salon may limit how many are to come."""

from appointments import booking
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.wishes import Wish
from calls.functions.words import Refused
from calls.reply import Reply


def insist_on_room(conversation: Conversation, wish: Wish) -> None:
    """Raises ``Refused`` before a time is promised that could not be booked."""
    reached = conversation.limits_reached(wish.service)
    wished = [wish.staff] if wish.staff else conversation.colleagues
    limits = [reached[each.pk] for each in wished if each.pk in reached]
    if limits and len(limits) == len(wished):
        raise no_room(max(limits))


def no_room(limit: int) -> Refused:
    return Refused(
        str(booking.Denial.MAX_APPOINTMENTS_REACHED),
        Reply("none", sentences.no_more_appointments(limit), {"alternatives": []}),
    )
