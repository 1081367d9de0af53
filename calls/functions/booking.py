"""``start_booking``: the only place from which "gebucht" is said, after it is stored (J12)."""

from datetime import datetime
from time import monotonic
from typing import NoReturn

from appointments import booking
from appointments.availability import Reason
from appointments.models import Appointment, Reservation
from appointments.models.appointment import Status
from appointments.models.ledger import ReservationState
from calls import measuring, sentences
from calls.functions.availability import existing, own_appointment
from calls.functions.chosen import named_reservation
from calls.functions.conversation import Conversation
from calls.functions.offers import slot_fields, spoken_facts
from calls.functions.refusals import refuse, status_for_booking
from calls.functions.registry import voice_function
from calls.functions.revalidation import matching_hold, wish_of
from calls.functions.room import insist_on_room, no_room
from calls.functions.who import Guest, read_guest, visit_of
from calls.functions.wishes import Wish, read_wish
from calls.functions.words import ask
from calls.models import Relationship
from calls.reply import Reply
from integrations import convergence, queue

# What a sentence about an appointment names.
SPOKEN_OF = ("service", "staff", "customer", "branch__company")


@voice_function(aliases=("book_appointment",), refusal="refused")
def start_booking(conversation: Conversation) -> Reply:
    """Makes the hold an appointment, or books afresh what was named; or says why not.

    Refused, it leaves nothing that blocks (incident D5). Repeated, it says the same (D6, D8).
    """
    started = monotonic()
    reservation = named_reservation(conversation)
    wish = wish_of(reservation) if reservation else read_wish(conversation)
    before = _before(conversation, wish, reservation)
    if before is not None:
        return before
    reply = _attempt(conversation, wish, reservation)
    plan = reservation.plan if reservation else wish.service.plan(conversation.branch)
    measuring.note_booking(wish.service, plan, reply, monotonic() - started)
    return reply


def _attempt(conversation: Conversation, wish: Wish, reservation: Reservation | None) -> Reply:
    if wish.refused:
        return refuse(conversation, wish, wish.refused, status=status_for_booking(wish.refused))
    if not wish.starts:
        _ask_when_exactly(conversation, wish)
    insist_on_room(conversation, wish)
    reservation = reservation or matching_hold(conversation, wish)
    if reservation is None and len(wish.starts) > 1:
        _ask_when_exactly(conversation, wish)
    guest = read_guest(conversation, reservation)
    try:
        appointment = _make(conversation, wish, reservation, guest)
    except booking.Denied as denial:
        raise no_room(denial.limit) from denial
    except booking.Unavailable as refusal:
        return refuse(conversation, wish, refusal.reason, status=status_for_booking(refusal.reason))
    if reservation is not None:
        queue.soon("integrations.tasks.give_back_slots", reservation.pk)
    return _settled(conversation, wish, appointment, status="booked")


def _ask_when_exactly(conversation: Conversation, wish: Wish) -> NoReturn:
    """A booking is of one start: of a window, or of "neun, sonst fünfzehn Uhr", it is asked which."""
    starts = [conversation.local(each) for each in wish.starts]
    if starts:
        message = sentences.which_clock([(each.hour, each.minute) for each in starts])
    else:
        message = sentences.which_time(conversation.local(wish.near).date(), conversation.today)
    ask(message, missing=["uhrzeit"], candidates=[f"{each:%H:%M}" for each in starts])


def _settled(conversation: Conversation, wish: Wish, appointment: Appointment, *, status: str) -> Reply:
    """Cal.com is told, and the moment of promise decided; the reply is what is stored then."""
    settled = convergence.settle(appointment)
    if appointment.branch.calendar_is_on:
        # Meanwhile it may have become firm, or somebody may have moved or cancelled it.
        appointment = Appointment.objects.select_related(*SPOKEN_OF).get(pk=appointment.pk)
        if not appointment.is_blocking:
            reason = Reason.TAKEN if settled.promised else Reason.CALENDAR_TAKEN
            return refuse(conversation, wish, reason, status="slot_taken")
    return booked(conversation, appointment, status=status, calendar=settled.calendar)


def _before(conversation: Conversation, wish: Wish, reservation: Reservation | None) -> Reply | None:
    """The answer, if this call or this customer has the slot already."""
    if reservation is not None and reservation.state == ReservationState.CONVERTED:
        appointment = reservation.appointment
        if appointment is not None and appointment.is_blocking:
            return _settled(conversation, wish, appointment, status="already_booked")
    for start in wish.starts:
        if reservation is None:
            repeated = _booked_here(conversation, wish, start)
            if repeated is not None:
                return _settled(conversation, wish, repeated, status="already_booked")
        own = own_appointment(conversation, wish.service, start, reservation)
        if own is not None and own not in conversation.booked_in_this_call:
            return existing(conversation, own)
    return None


def _booked_here(conversation: Conversation, wish: Wish, start: datetime) -> Appointment | None:
    """What this call booked for the same service, start and stylist wish (invariant I7)."""
    for each in conversation.booked_in_this_call:
        same_slot = (each.service_id, each.starts_at) == (wish.service.pk, start)
        if same_slot and (wish.staff is None or wish.staff.pk == each.staff_id):
            return each
    return None


@booking.writes
def _make(
    conversation: Conversation, wish: Wish, reservation: Reservation | None, guest: Guest
) -> Appointment:
    """Customer, appointment and link in one transaction: all of it or nothing."""
    if reservation is not None:
        visit = visit_of(conversation, guest, staff_wished=reservation.staff_wished)
        appointment = booking.convert(reservation, visit=visit, now=conversation.now)
    else:
        visit = visit_of(conversation, guest, staff_wished=wish.staff is not None)
        request = conversation.request(wish.service, wish.staff)
        appointment = booking.book(request, start=wish.starts[0], visit=visit)
    conversation.link(appointment, Relationship.ORIGINAL)
    convergence.await_answer(appointment, now=conversation.now)
    return appointment


def booked(
    conversation: Conversation, appointment: Appointment, *, status: str = "booked", calendar: str
) -> Reply:
    """The reply derived from the stored row (invariant I4)."""
    facts = spoken_facts(conversation, appointment)
    fields = {
        "appointment_id": appointment.pk,
        **slot_fields(conversation, appointment),
        "calendar": calendar,
    }
    if appointment.status == Status.PROVISIONAL:
        status = "provisional" if status == "booked" else status
        return Reply(status, sentences.provisional(**facts), fields)
    return Reply(status, sentences.booked(**facts), fields)
