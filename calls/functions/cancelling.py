"""``cancel_appointment``: the caller's own, and no other (incidents H12, H16, H17)."""

from collections.abc import Sequence

from appointments import booking
from appointments.models import Appointment, CustomerChange
from appointments.models.appointment import Status
from appointments.models.change import ChangeKind
from calls import sentences
from calls.functions.confirmation import confirmed
from calls.functions.conversation import Conversation
from calls.functions.denial import denied
from calls.functions.identity import not_identified
from calls.functions.memory import OLD, PARTS, WHOLE, remembering
from calls.functions.offers import spoken_facts
from calls.functions.registry import voice_function
from calls.functions.settling import with_fresh_rows
from calls.functions.which import Hints, ask_whether_one_of, ask_which, fitting
from calls.functions.words import AskBack
from calls.models import Matter, Relationship
from calls.reply import Reply
from integrations import convergence


@voice_function()
def cancel_appointment(conversation: Conversation) -> Reply:
    """Cancels at once, unless ``bestaetigung`` says no. What Cal.com says to it changes nothing."""
    if conversation.customer is None:
        return not_identified(conversation, Matter.CANCELLATION)
    return with_fresh_rows(
        remembering(conversation, "cancel_appointment", old=(*OLD, *PARTS, *WHOLE)), _cancel
    )


def _cancel(conversation: Conversation) -> Reply:
    mine = conversation.changeable_appointments
    done = list(
        conversation.linked(Relationship.CANCELLATION)
        .filter(status=Status.CANCELLED)
        .order_by("updated_at", "pk")
    )
    if not mine and not done:
        return Reply("none", sentences.no_appointments())
    appointment = _meant(conversation, mine, done)
    if appointment in done:
        return cancelled(conversation, appointment)
    return _cancel_this(conversation, appointment)


def _cancelled_in_this_call(conversation: Conversation) -> list[Appointment]:
    """The latest last."""
    cancelled_here = conversation.linked(Relationship.CANCELLATION).filter(status=Status.CANCELLED)
    return list(cancelled_here.order_by("updated_at", "pk"))


def _meant(
    conversation: Conversation, mine: Sequence[Appointment], done: Sequence[Appointment]
) -> Appointment:
    """Raises ``AskBack``. What this call has cancelled may be asked for once more (invariant I7)."""
    args = conversation.args
    hints = Hints(
        appointment_id=args.get("appointment_id"),
        position=args.get("position"),
        day=args.get("altes_datum") or args.get("datetime") or args.get("datum"),
        clock=args.get("alte_uhrzeit") or args.get("uhrzeit"),
        service=args.get("dienstleistung"),
        staff=args.get("mitarbeiter"),
        name=args.get("name"),
    )
    found = fitting(conversation, hints, mine)
    if not found:
        again = fitting(conversation, hints, done)
        if again:
            return again[-1]
        if mine:
            ask_whether_one_of(conversation, mine)
        raise AskBack(Reply("none", sentences.no_appointments()))
    if len(found) > 1:
        ask_which(conversation, found)
    if done and hints.are_none:
        # A repetition of what is done must not cost the caller their other appointment.
        ask_whether_one_of(conversation, mine, sentences.cancel_another)
    return found[0]


def _cancel_this(conversation: Conversation, appointment: Appointment) -> Reply:
    try:
        if confirmed(conversation) is False:
            return _ask_first(conversation, appointment)
        row = _cancel_for_customer(conversation, appointment)
    except booking.Denied as denial:
        return denied(conversation, appointment, ChangeKind.CANCELLATION, denial)
    convergence.settle(row)
    return cancelled(conversation, row)


def _ask_first(conversation: Conversation, appointment: Appointment) -> Reply:
    fee = booking.fee_for(appointment, ChangeKind.CANCELLATION, now=conversation.now)
    message = sentences.shall_i_cancel(
        fee=fee, currency=appointment.currency, **spoken_facts(conversation, appointment)
    )
    fields = {"missing": ["bestaetigung"], "candidates": [], "appointment_id": appointment.pk}
    return Reply("needs_clarification", message, fields)


@booking.writes
def _cancel_for_customer(conversation: Conversation, appointment: Appointment) -> Appointment:
    row = booking.cancel(appointment, now=conversation.now, revision=appointment.revision, for_customer=True)
    conversation.link(row, Relationship.CANCELLATION)
    return row


def cancelled(conversation: Conversation, appointment: Appointment) -> Reply:
    """The reply derived from the stored rows (invariant I4)."""
    changes = CustomerChange.objects.filter(appointment=appointment, kind=ChangeKind.CANCELLATION)
    fee = changes.order_by("pk").values_list("fee", flat=True).last() or booking.NOTHING
    message = sentences.cancelled(
        fee=fee, currency=appointment.currency, **spoken_facts(conversation, appointment)
    )
    return Reply("cancelled", message, {"appointment_id": appointment.pk, "fee": str(fee)})
