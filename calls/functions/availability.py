"""``check_availability``: from words to a hold. What is said to be free is ours from that moment."""

from dataclasses import replace
from datetime import datetime

from appointments import availability, booking
from appointments.availability import Reason
from appointments.models import Appointment, Reservation, Service
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.offers import (
    near,
    others_than_wished,
    remember,
    reservation_fields,
    slot_fields,
    spoken_facts,
    starts_of,
)
from calls.functions.refusals import refuse
from calls.functions.registry import voice_function
from calls.functions.room import insist_on_room
from calls.functions.who import is_same_person
from calls.functions.wishes import Wish, read_wish
from calls.models import Relationship
from calls.reply import Reply
from integrations import courtesy, queue


@voice_function(refusal="unavailable")
def check_availability(conversation: Conversation) -> Reply:
    """Is this time free? If so it is held; a window is answered with options and holds nothing."""
    wish = read_wish(conversation)
    if wish.refused:
        return refuse(conversation, wish, wish.refused, status="unavailable")
    if not wish.starts:
        insist_on_room(conversation, wish)
        return find(conversation, wish)
    first_refusal: Reason | None = None
    for start in wish.starts:
        own = own_appointment(conversation, wish.service, start)
        if own is not None:
            return existing(conversation, own)
        insist_on_room(conversation, wish)
        try:
            return hold(conversation, wish, start, status="available")
        except booking.Unavailable as refusal:
            first_refusal = first_refusal or refusal.reason
    return refuse(conversation, wish, first_refusal or Reason.TAKEN, status="unavailable")


def hold(conversation: Conversation, wish: Wish, start: datetime, *, status: str) -> Reply:
    """Holds ``start`` and says so. Raises ``booking.Unavailable``."""
    reservation, calendar = held_with_calendar(conversation, wish, start)
    facts = spoken_facts(conversation, reservation)
    fields = reservation_fields(conversation, reservation, calendar=calendar)
    return Reply(status, sentences.available(**facts), fields)


def held_with_calendar(
    conversation: Conversation, wish: Wish, start: datetime
) -> tuple[Reservation, courtesy.Answer]:
    """A hold to which Cal.com has not said no: where it does, the next stylist's turn comes.

    Raises ``booking.Unavailable``.
    """
    request = conversation.request(wish.service, wish.staff)
    person = conversation.args.get("name") or ""
    while True:
        reservation = booking.hold(request, start=start, person=person)
        answer = courtesy.ask(reservation, deadline=conversation.calendar_deadline)
        if answer is not courtesy.Answer.TAKEN:
            return reservation, answer
        give_back(reservation)
        if wish.staff is not None:
            raise booking.Unavailable(Reason.CALENDAR_TAKEN)
        request = replace(request, excluded_staff=request.excluded_staff | {reservation.staff_id})
        if not availability.check(request, start=start).is_free:
            raise booking.Unavailable(Reason.CALENDAR_TAKEN)


def give_back(reservation: Reservation) -> None:
    """Ours at once, its courtesies at Cal.com by the worker."""
    booking.release(reservation)
    queue.soon("integrations.tasks.give_back_slots", reservation.pk)


def find(conversation: Conversation, wish: Wish) -> Reply:
    """Options in a window, or around it; nothing is held."""
    slots = near(conversation, wish)
    starts = starts_of(conversation, slots)
    fields = {"alternatives": remember(conversation, wish.service, slots)}
    if not slots:
        return Reply(
            "unavailable",
            sentences.nothing_found(wish.service.name),
            {"available": False, "reason": str(Reason.TAKEN), **fields},
        )
    inside = wish.window is None or wish.window.start <= slots[0].start < wish.window.end
    if inside:
        others = others_than_wished(wish, slots)
        message = sentences.found(starts, service=wish.service.name, today=conversation.today, others=others)
        return Reply("found", message, fields)
    return Reply("found", sentences.nothing_in_window(starts, today=conversation.today), fields)


def own_appointment(
    conversation: Conversation, service: Service, start: datetime, reservation: Reservation | None = None
) -> Appointment | None:
    """What the caller already has at this very slot, from before or from this call.

    Another person named, now or for ``reservation`` (mother and child at ten), is another booking.
    """
    for own in (*conversation.booked_in_this_call, *conversation.customers_appointments):
        same_slot = (own.service_id, own.starts_at) == (service.pk, start)
        if same_slot and is_same_person(conversation, own, reservation):
            return own
    return None


def existing(conversation: Conversation, appointment: Appointment) -> Reply:
    """The caller has this time already. Whoever asks again for what another call has booked belongs to
    it, also if they hang up now (incidents 5, G2).
    """
    if appointment not in conversation.booked_in_this_call:
        conversation.link(appointment, Relationship.DUPLICATE_ATTEMPT)
    fields = {"appointment_id": appointment.pk, **slot_fields(conversation, appointment)}
    return Reply("existing", sentences.existing(**spoken_facts(conversation, appointment)), fields)
