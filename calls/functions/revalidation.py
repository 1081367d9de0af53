"""``pre_booking_revalidation``: the truth once more, before the name is asked (incident 4)."""

from appointments import booking
from appointments.availability import Reason
from appointments.models import Reservation
from appointments.models.ledger import ReservationState
from calls import sentences
from calls.functions.availability import existing, give_back, hold, own_appointment
from calls.functions.chosen import at_home, named_reservation, reservations_of
from calls.functions.conversation import Conversation
from calls.functions.offers import reservation_fields, spoken_facts
from calls.functions.refusals import refuse
from calls.functions.registry import voice_function
from calls.functions.room import insist_on_room
from calls.functions.wishes import Wish, read_wish
from calls.reply import Reply
from integrations import courtesy


@voice_function(refusal="lost")
def pre_booking_revalidation(conversation: Conversation) -> Reply:
    """Extends the hold and says ``valid``, or ``lost`` with alternatives."""
    reservation = named_reservation(conversation)
    if reservation is None:
        wish = read_wish(conversation)
        reservation = matching_hold(conversation, wish)
    else:
        wish = wish_of(reservation)
    own = own_appointment(conversation, wish.service, wish.near, reservation) if wish.starts else None
    if own is not None:
        return existing(conversation, own)
    insist_on_room(conversation, wish)
    if reservation is not None:
        try:
            return _extended(conversation, reservation)
        except booking.HoldLost:
            wish = wish_of(reservation)
        except booking.Unavailable as refusal:
            return refuse(conversation, wish_of(reservation), refusal.reason, status="lost")
    return _held_again(conversation, wish)


def _extended(conversation: Conversation, reservation: Reservation) -> Reply:
    """Raises ``booking.HoldLost``, or ``booking.Unavailable`` if Cal.com has given the time away."""
    current = booking.extend(reservation, now=conversation.now)
    calendar = courtesy.renew(current, deadline=conversation.calendar_deadline)
    if calendar is courtesy.Answer.TAKEN:
        give_back(current)
        raise booking.Unavailable(Reason.CALENDAR_TAKEN)
    message = sentences.still_valid(**spoken_facts(conversation, current))
    return Reply("valid", message, reservation_fields(conversation, current, calendar=calendar))


def _held_again(conversation: Conversation, wish: Wish) -> Reply:
    """The hold is gone or there was none: if the time is free all the same, it is held now."""
    reason = wish.refused or Reason.TAKEN
    for start in () if wish.refused else wish.starts:
        try:
            return hold(conversation, wish, start, status="valid")
        except booking.Unavailable as refusal:
            reason = refusal.reason
    return refuse(conversation, wish, reason, status="lost")


def matching_hold(conversation: Conversation, wish: Wish) -> Reservation | None:
    """The call's own hold at the named time, the newest first; none is guessed."""
    for reservation in reservations_of(conversation).filter(
        service=wish.service, starts_at__in=wish.starts, state=ReservationState.HELD
    ):
        if wish.staff is None or wish.staff.pk == reservation.staff_id:
            return at_home(conversation, reservation)
    return None


def wish_of(reservation: Reservation) -> Wish:
    """What was promised for a moment, as a wish: the same stylist, even if anybody was wished."""
    start = reservation.starts_at
    return Wish(reservation.service, reservation.staff, (start,), near=start)
