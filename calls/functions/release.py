"""``release_reservation``: the caller does not want it after all."""

from appointments.models.ledger import ReservationState
from calls import sentences
from calls.functions.availability import give_back
from calls.functions.chosen import reservations_of
from calls.functions.conversation import Conversation
from calls.functions.registry import voice_function
from calls.reply import Reply


@voice_function()
def release_reservation(conversation: Conversation) -> Reply:
    """Gives back the named hold, or all this call holds. What is already gone is no error."""
    held = reservations_of(conversation).filter(state=ReservationState.HELD)
    token = conversation.args.get("reservation_id")
    for reservation in held.filter(token=token) if token else held:
        give_back(reservation)
    return Reply("released", sentences.released())
