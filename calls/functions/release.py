"""``release_reservation``: the caller does not want it after all."""

from appointments import booking

from .. import sentences
from ..reply import Reply
from .chosen import reservations_of
from .conversation import Conversation
from .registry import voice_function


@voice_function()
def release_reservation(conversation: Conversation) -> Reply:
    """Gives back the named hold, or all this call holds. What is already gone is no error."""
    held = reservations_of(conversation).held()
    token = conversation.args.get("reservation_id")
    for reservation in held.filter(token=token) if token else held:
        booking.release(reservation)
    return Reply("released", sentences.released())
