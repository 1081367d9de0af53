"""What the caller points at: an offer or a reservation of this call, by id or by position.

Ids are bound to the call (invariant I8): those of another call are as good as none.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from appointments.models import Reservation, Service, Staff
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.words import AskBack, NobodyOfThatName, ask, understand, wished_service, wished_staff
from calls.models import Offer


@dataclass(frozen=True, slots=True)
class Choice:
    """A concrete slot that was offered; ``start`` is an instant."""

    service: Service
    staff: Staff
    start: datetime


def choice(conversation: Conversation) -> Choice | None:
    """The offer that ``offer_id`` or ``position`` names; None if neither is given.

    Raises ``AskBack`` if it names none, or if day, time, service or stylist named beside it say
    something else (incident A25).
    """
    offer = _offer(conversation)
    if offer is None:
        return None
    chosen = Choice(offer.service, offer.staff, offer.starts_at)
    refuse_contradiction(conversation, chosen)
    return chosen


def _offer(conversation: Conversation) -> Offer | None:
    token, position = conversation.args.get("offer_id"), conversation.args.get("position")
    if not token and not position:
        return None
    offers = Offer.objects.filter(call=conversation.call).select_related("service", "staff__branch__company")
    found = offers.filter(token=token).first() if token else _by_position(offers, position or "")
    if found is None:
        ask(sentences.which_offer())
    return found


def _by_position(offers: QuerySet[Offer], position: str) -> Offer | None:
    """The n-th of what this call was offered last; 1 is the first."""
    latest = offers.order_by("-function_call").first()
    if latest is None or not position.isdecimal():
        return None
    return offers.filter(function_call=latest.function_call_id, position=int(position)).first()


def named_reservation(conversation: Conversation) -> Reservation | None:
    """The reservation that ``reservation_id`` names, if it is this call's.

    Raises ``AskBack`` if what is named beside it says something else.
    """
    token = conversation.args.get("reservation_id")
    if not token or conversation.call is None:
        return None
    reservation = reservations_of(conversation).filter(token=token).first()
    if reservation is not None:
        at_home(conversation, reservation)
        refuse_contradiction(
            conversation, Choice(reservation.service, reservation.staff, reservation.starts_at)
        )
    return reservation


def reservations_of(conversation: Conversation) -> QuerySet[Reservation]:
    """What this call holds or held, the newest first."""
    related = ("service", "staff", "appointment")
    holder = conversation.required_call.holder
    return Reservation.objects.filter(holder=holder).select_related(*related).order_by("-created_at", "-pk")


def at_home(conversation: Conversation, reservation: Reservation) -> Reservation:
    """With the call's branch, which is known already, instead of one to be read again."""
    for row in (reservation, reservation.staff):
        if row.branch_id == conversation.branch.pk:
            row.branch = conversation.branch
    return reservation


def refuse_contradiction(conversation: Conversation, chosen: Choice) -> None:
    """Raises ``AskBack`` if the arguments name another service, stylist, day or time than ``chosen``."""
    if not (
        _same_service(conversation, chosen)
        and _same_staff(conversation, chosen)
        and _same_time(conversation, chosen)
    ):
        ask(sentences.contradiction())


def _same_service(conversation: Conversation, chosen: Choice) -> bool:
    if conversation.args.get("dienstleistung") is None:
        return True
    try:
        return wished_service(conversation).pk == chosen.service.pk
    except AskBack as question:
        # Words that fit several services do not contradict one of them.
        return chosen.service.name in question.reply.fields.get("candidates", ())


def _same_staff(conversation: Conversation, chosen: Choice) -> bool:
    try:
        staff = wished_staff(conversation)
    except NobodyOfThatName:
        return False
    except AskBack as question:
        return chosen.staff.name in question.reply.fields.get("candidates", ())
    return staff is None or staff.pk == chosen.staff.pk


def _same_time(conversation: Conversation, chosen: Choice) -> bool:
    when = understand(conversation)
    if when is None:
        return True
    local = conversation.local(chosen.start)
    if when.date is not None and when.date != local.date():
        return False
    if when.time is not None or when.preferences:
        return local.time() in {when.time, *when.preferences}
    return True
