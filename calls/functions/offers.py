"""Slots as the agent gets them: fields, spoken forms, and offers that are remembered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from appointments import availability
from appointments.availability import Request, Sieve, Slot
from appointments.models import Appointment, Reservation, Service
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.wishes import Wish
from calls.models import FunctionCall, Offer
from integrations import courtesy

# More than three choices nobody keeps in mind.
OFFERED = 3


def near(
    conversation: Conversation, wish: Wish, *, anybody: bool = False, refused: datetime | None = None
) -> list[Slot]:
    """Up to three free slots near the wish; with anybody if the wished stylist has none.

    ``refused``: the start to which the calendar has just said no. Whatever it shows now, it is not offered
    in the same breath.
    """
    request = request_for(conversation, wish, anybody=anybody)
    slots = availability.alternatives(
        request,
        near=wish.near,
        # Where it stands now is no alternative to a move, so there must be one more.
        count=OFFERED if wish.moving is None else OFFERED + 1,
        window=wish.window,
        avoid=conversation.busy_periods_but(wish.moving),
        sieve=_sieve(conversation, wish, refused),
    )
    if not slots and request.staff is not None:
        return near(conversation, wish, anybody=True, refused=refused)
    return [slot for slot in slots if not _is_place_of(wish.moving, slot)][:OFFERED]


def request_for(conversation: Conversation, wish: Wish, *, anybody: bool = False) -> Request:
    """What the solver is asked for a wish; an appointment that moves is not in its own way."""
    request = conversation.request(wish.service, None if anybody else wish.staff)
    if wish.moving is None:
        return request
    # What moves is there already: it is no further appointment.
    return replace(request, appointment_id=wish.moving.pk, excluded_staff=frozenset())


def _is_place_of(appointment: Appointment | None, slot: Slot) -> bool:
    return appointment is not None and (slot.staff.pk, slot.start) == (
        appointment.staff_id,
        appointment.starts_at,
    )


def _sieve(conversation: Conversation, wish: Wish, refused: datetime | None) -> Sieve | None:
    passes = courtesy.sieve(conversation.branch, wish.service, deadline=conversation.calendar_deadline)
    if passes is None or refused is None:
        return passes
    return lambda slots: passes([slot for slot in slots if slot.start != refused])


def remember(conversation: Conversation, service: Service, slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Stores the slots as offers of this call; the field ``alternatives`` of the reply."""
    if conversation.call is None or conversation.function_call is None:
        return []
    offers = Offer.objects.bulk_create(
        Offer(
            company_id=conversation.call.company_id,
            call=conversation.call,
            function_call=conversation.function_call,
            service=service,
            staff=slot.staff,
            position=position,
            starts_at=slot.start,
            ends_at=slot.end,
        )
        for position, slot in enumerate(slots, start=1)
    )
    return [_as_alternative(conversation, offer) for offer in offers]


def _as_alternative(conversation: Conversation, offer: Offer) -> dict[str, Any]:
    start = conversation.local(offer.starts_at)
    return {
        "offer_id": offer.token,
        "starts_at": start.isoformat(),
        "ends_at": conversation.local(offer.ends_at).isoformat(),
        "service": offer.service.name,
        "staff": offer.staff.name,
        "spoken": sentences.spoken_offer(staff=offer.staff.first_name, start=start, today=conversation.today),
    }


def others_than_wished(wish: Wish, slots: Sequence[Slot]) -> list[str]:
    """With whom the slots are, by first name, if not with the wished stylist: that must be said (B14)."""
    if wish.staff is None:
        return []
    return list(dict.fromkeys(slot.staff.first_name for slot in slots if slot.staff.pk != wish.staff.pk))


def starts_of(conversation: Conversation, slots: Sequence[Slot]) -> list[datetime]:
    return [conversation.local(slot.start) for slot in slots]


def was_told_free(conversation: Conversation, wish: Wish, start: datetime) -> bool:
    """Whether this very call heard that ``start`` is free: only then it has been taken *just now*.

    Free with a colleague was not free with the wished one. A hold that Cal.com refused before anything
    was said has told nothing: what counts is what was replied.
    """
    if conversation.call is None:
        return False
    said: dict[str, Any] = {"service": wish.service, "starts_at": start}
    if wish.staff is not None:
        said["staff"] = wish.staff
    held = Reservation.objects.filter(holder=conversation.call.holder, **said).values_list("token", flat=True)
    told = FunctionCall.objects.filter(call=conversation.call, reply__reservation_id__in=list(held))
    return told.exists() or Offer.objects.filter(call=conversation.call, **said).exists()


def spoken_moment(conversation: Conversation, moment: datetime) -> dict[str, Any]:
    """The keyword arguments of sentences about a moment."""
    return {"moment": conversation.local(moment), "today": conversation.today}


def spoken_facts(conversation: Conversation, item: Reservation | Appointment) -> dict[str, Any]:
    """The keyword arguments that the sentences about one slot share."""
    return {
        "service": item.service.name,
        "staff": item.staff.first_name,
        "start": conversation.local(item.starts_at),
        "today": conversation.today,
    }


def slot_fields(conversation: Conversation, item: Reservation | Appointment) -> dict[str, Any]:
    return {
        "service": item.service.name,
        "staff": item.staff.name,
        "starts_at": conversation.local(item.starts_at).isoformat(),
        "ends_at": conversation.local(item.ends_at).isoformat(),
    }


def reservation_fields(
    conversation: Conversation, reservation: Reservation, *, calendar: str
) -> dict[str, Any]:
    """``expires_in`` in seconds; ``price`` a decimal string, None on request; ``calendar``: what Cal.com
    says to it, in the contract's word.
    """
    price = reservation.service.price
    return {
        "available": True,
        "reservation_id": reservation.token,
        "expires_in": int((reservation.expires_at - conversation.now).total_seconds()),
        "expires_at": conversation.local(reservation.expires_at).isoformat(),
        "duration_minutes": reservation.plan.minutes,
        "price": None if price is None else str(price),
        **slot_fields(conversation, reservation),
        "calendar": calendar,
    }
