"""What is said of a move, before it and after it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from appointments import booking
from appointments.availability import Slot
from appointments.models import Appointment, CustomerChange
from appointments.models.change import ChangeKind
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.offers import slot_fields, spoken_facts
from calls.models import Relationship
from calls.reply import Reply
from integrations import convergence


def ready(conversation: Conversation, appointment: Appointment, slot: Slot) -> Reply:
    """Nothing has been changed yet; the caller hears what would be. Raises ``booking.Denied``."""
    fee = booking.fee_for(appointment, ChangeKind.MOVE, now=conversation.now)
    start = conversation.local(slot.start)
    message = sentences.shall_i_move(
        service=appointment.service.name,
        staff=slot.staff.first_name,
        start=start,
        today=conversation.today,
        fee=fee,
        currency=appointment.currency,
    )
    fields = {
        "appointment_id": appointment.pk,
        "service": appointment.service.name,
        "staff": slot.staff.name,
        "old_starts_at": conversation.local(appointment.starts_at).isoformat(),
        "starts_at": start.isoformat(),
        "ends_at": conversation.local(slot.end).isoformat(),
        "fee": str(fee),
    }
    return Reply("ready_for_confirmation", message, fields)


def moved(conversation: Conversation, appointment: Appointment, *, calendar: str | None = None) -> Reply:
    """The reply derived from the stored rows (invariant I4). Where this call has moved nothing, the
    appointment stood there already, and that costs nothing.
    """
    was, fee = _last_move(conversation, appointment)
    facts = spoken_facts(conversation, appointment)
    if was is None:
        message = sentences.stands_there_already(**facts)
    else:
        message = sentences.moved(fee=fee, currency=appointment.currency, **facts)
    fields = {
        "appointment_id": appointment.pk,
        "old_starts_at": conversation.local(was or appointment.starts_at).isoformat(),
        **slot_fields(conversation, appointment),
        "fee": str(fee),
        "calendar": calendar or convergence.settled(appointment).calendar,
    }
    return Reply("rescheduled", message, fields)


def _last_move(conversation: Conversation, appointment: Appointment) -> tuple[datetime | None, Decimal]:
    if appointment not in conversation.linked(Relationship.RESCHEDULE):
        return None, booking.NOTHING
    moves = CustomerChange.objects.filter(appointment=appointment, kind=ChangeKind.MOVE)
    last = moves.order_by("pk").last()
    return (None, booking.NOTHING) if last is None else (last.old_starts_at, last.fee)


def moves_in_this_call(conversation: Conversation) -> dict[int, Collection[datetime]]:
    """When the appointments stood that this call has moved, by id: a caller who says it once more
    names the old time.
    """
    before: dict[int, list[datetime]] = defaultdict(list)
    ids = [each.pk for each in conversation.linked(Relationship.RESCHEDULE)]
    moves = CustomerChange.objects.filter(appointment__in=ids, kind=ChangeKind.MOVE) if ids else ()
    for each in moves:
        before[each.appointment_id].append(each.old_starts_at)
    return dict(before)
