"""``reschedule_appointment``: the caller's own, to exactly the time they name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from appointments import availability, booking
from appointments.availability import Reason
from appointments.models import Appointment, Reservation
from appointments.models.change import ChangeKind
from appointments.models.ledger import ReservationState
from calls import sentences
from calls.functions.availability import give_back
from calls.functions.chosen import reservations_of
from calls.functions.confirmation import confirmed
from calls.functions.conversation import Conversation
from calls.functions.denial import denied
from calls.functions.identity import not_identified
from calls.functions.memory import remembering
from calls.functions.moved import moved, moves_in_this_call, ready
from calls.functions.moving_wish import points_at_offer, read_moving_wish, words_for_old_time
from calls.functions.offers import near, remember, request_for, starts_of
from calls.functions.refusals import refuse
from calls.functions.registry import voice_function
from calls.functions.settling import with_fresh_rows
from calls.functions.which import Hints, ask_whether_one_of, ask_which, fitting
from calls.functions.wishes import Wish
from calls.models import Matter, Relationship
from calls.reply import Reply
from integrations import convergence, courtesy, queue

Attempt = Callable[[Conversation, Appointment, Wish, datetime], Reply]


@voice_function(refusal="slot_taken")
def reschedule_appointment(conversation: Conversation) -> Reply:
    """Moves at once; with ``bestaetigung`` no, or to "gegen drei", it says first what it would do."""
    if conversation.customer is None:
        return not_identified(conversation, Matter.MOVE)
    return with_fresh_rows(remembering(conversation, "reschedule_appointment"), _reschedule)


def _reschedule(conversation: Conversation) -> Reply:
    mine = conversation.changeable_appointments
    if not mine:
        return Reply("none", sentences.no_appointments())
    appointment = _meant(conversation, mine)
    if appointment.branch_id != conversation.branch.pk:
        conversation = replace(conversation, branch=appointment.branch)
    try:
        booking.fee_for(appointment, ChangeKind.MOVE, now=conversation.now)
    except booking.Denied as denial:
        return _repeated(conversation, appointment) or denied(
            conversation, appointment, ChangeKind.MOVE, denial
        )
    return _to_wish(conversation, appointment, read_moving_wish(conversation, appointment))


def _meant(conversation: Conversation, mine: Sequence[Appointment]) -> Appointment:
    """Raises ``AskBack``."""
    args = conversation.args
    day, clock = words_for_old_time(conversation)
    hints = Hints(
        appointment_id=args.get("appointment_id"),
        position=None if points_at_offer(conversation) else args.get("position"),
        day=day,
        clock=clock,
        service=args.get("dienstleistung"),
        name=args.get("name"),
    )
    found = fitting(conversation, hints, mine, starts_before=moves_in_this_call(conversation))
    if len(found) > 1:
        ask_which(conversation, found)
    if not found:
        ask_whether_one_of(conversation, mine)
    return found[0]


def _repeated(conversation: Conversation, appointment: Appointment) -> Reply | None:
    """What this call has just done is no longer to be refused: it only says so again (invariant I7)."""
    if appointment not in conversation.linked(Relationship.RESCHEDULE):
        return None
    wish = read_moving_wish(conversation, appointment)
    return moved(conversation, appointment) if _is_there(appointment, wish) else None


def _is_there(appointment: Appointment, wish: Wish) -> bool:
    return wish.starts[:1] == [appointment.starts_at] and (
        wish.staff is None or wish.staff.pk == appointment.staff_id
    )


def _to_wish(conversation: Conversation, appointment: Appointment, wish: Wish) -> Reply:
    if wish.refused:
        return _refused(conversation, wish, wish.refused)
    if not wish.starts:
        return _options(conversation, appointment, wish)
    if _is_there(appointment, wish):
        return moved(conversation, appointment)
    said = confirmed(conversation)
    does_it = said if said is not None else not wish.approximate
    return _first_possible(conversation, appointment, wish, _moved_to if does_it else _would_move_to)


def _first_possible(
    conversation: Conversation, appointment: Appointment, wish: Wish, attempt: Attempt
) -> Reply:
    """Of the wished times, in their order, the first that can be had."""
    first_refusal: Reason | None = None
    for start in wish.starts:
        try:
            return attempt(conversation, appointment, wish, start)
        except booking.Denied as denial:
            return denied(conversation, appointment, ChangeKind.MOVE, denial)
        except booking.Unavailable as refusal:
            first_refusal = first_refusal or refusal.reason
    return _refused(conversation, wish, first_refusal or Reason.TAKEN)


def _refused(conversation: Conversation, wish: Wish, reason: Reason) -> Reply:
    """Nothing has changed; which appointment it was about stays known for the next try."""
    reply = refuse(conversation, wish, reason, status="slot_taken")
    if wish.moving is not None:
        reply.fields["appointment_id"] = wish.moving.pk
    return reply


def _options(conversation: Conversation, appointment: Appointment, wish: Wish) -> Reply:
    """A part of a day is no time to move to: what is free then is offered."""
    slots = near(conversation, wish)
    if not slots:
        return _refused(conversation, wish, Reason.TAKEN)
    starts = starts_of(conversation, slots)
    inside = wish.window is None or wish.window.start <= slots[0].start < wish.window.end
    if inside:
        message = sentences.found(starts, service=wish.service.name, today=conversation.today)
    else:
        message = sentences.nothing_in_window(starts, today=conversation.today)
    fields = {
        "missing": ["neue_uhrzeit"],
        "candidates": [f"{start:%H:%M}" for start in starts],
        "alternatives": remember(conversation, wish.service, slots),
        "appointment_id": appointment.pk,
    }
    return Reply("needs_clarification", message, fields)


def _moved_to(conversation: Conversation, appointment: Appointment, wish: Wish, start: datetime) -> Reply:
    """Raises ``booking.Unavailable`` or ``Denied``; then it stands where it stood."""
    is_first_move = appointment not in conversation.linked(Relationship.RESCHEDULE)
    held = list(reservations_of(conversation).filter(state=ReservationState.HELD))
    changed = _move(conversation, appointment, wish, start)
    _give_back_courtesies(held)
    settled = convergence.settle(changed)
    if not settled.promised:
        if is_first_move:
            conversation.unlink(appointment, Relationship.RESCHEDULE)
        appointment.refresh_from_db()
        raise booking.Unavailable(Reason.CALENDAR_TAKEN)
    if changed.branch.calendar_is_on:
        changed.refresh_from_db()
        if not changed.is_blocking:  # somebody of the salon has cancelled it meanwhile
            raise booking.NotAllowed
    return moved(conversation, changed, calendar=settled.calendar)


def _give_back_courtesies(held: Sequence[Reservation]) -> None:
    """Of the holds that have made way for the move."""
    ids = [reservation.pk for reservation in held]
    gone = Reservation.objects.filter(pk__in=ids).exclude(state=ReservationState.HELD)
    for pk in gone.values_list("pk", flat=True) if ids else ():
        queue.soon("integrations.tasks.give_back_slots", pk)


@booking.writes
def _move(conversation: Conversation, appointment: Appointment, wish: Wish, start: datetime) -> Appointment:
    """The old time stays held until Cal.com has answered: a refusal loses neither."""
    has_calendar = appointment.branch.calendar_is_on
    changed = booking.reschedule(
        appointment,
        booking.Move(start=start, staff=wish.staff),
        now=conversation.now,
        revision=appointment.revision,
        holder=conversation.required_call.holder,
        keeps_old_until=convergence.decide_by(conversation.now) if has_calendar else None,
        for_customer=True,
    )
    conversation.link(changed, Relationship.RESCHEDULE)
    convergence.await_answer(changed, now=conversation.now)
    return changed


def _would_move_to(
    conversation: Conversation, appointment: Appointment, wish: Wish, start: datetime
) -> Reply:
    """Holds the new time while the caller thinks. Raises as :func:`_moved_to`."""
    request = request_for(conversation, wish)
    verdict = availability.check(request, start=start)
    if not verdict.is_free:
        raise booking.Unavailable(verdict.reason or Reason.TAKEN)
    slot = verdict.slots[0]
    if not _overlaps_itself(appointment, slot):
        reservation = booking.hold(request, start=start)
        if courtesy.ask(reservation, deadline=conversation.calendar_deadline) is courtesy.Answer.TAKEN:
            give_back(reservation)
            raise booking.Unavailable(Reason.CALENDAR_TAKEN)
    return ready(conversation, appointment, slot)


def _overlaps_itself(appointment: Appointment, slot: availability.Slot) -> bool:
    """Its own time cannot be held for it; what is left of the new one is looked at again then."""
    return slot.staff.pk == appointment.staff_id and any(
        one.overlaps(other)
        for one in slot.plan.taken_at(slot.start)
        for other in appointment.plan.taken_at(appointment.starts_at)
    )
