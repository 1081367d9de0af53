"""``confirm_booking``: what became of the last booking of this call, as it is stored now (I4)."""

from typing import Any

from appointments.models import Appointment
from appointments.models.appointment import Status
from calls import sentences
from calls.functions.booking import booked
from calls.functions.cancelling import cancelled
from calls.functions.conversation import Conversation
from calls.functions.memory import earlier
from calls.functions.offers import spoken_facts
from calls.functions.registry import voice_function
from calls.models import FunctionCall, Relationship
from calls.reply import Reply
from integrations import convergence

BOOKING = frozenset({"start_booking", "book_appointment", "collect_appointment_data"})
DONE = frozenset({"booked", "already_booked", "provisional", "existing"})
REFUSED = frozenset({"slot_taken", "refused"})


@voice_function()
def confirm_booking(conversation: Conversation) -> Reply:
    """Says *booked* only of a row that blocks its time; whatever was said before, that row counts."""
    last = _last_attempt(conversation)
    if last is not None and last.status in REFUSED:
        fields: dict[str, Any] = {"reason": (last.reply or {}).get("reason"), "alternatives": []}
        return Reply(last.status, sentences.was_not_booked(), fields)
    appointment = _appointment(conversation, last)
    if appointment is None:
        fields = {"missing": ["dienstleistung", "datum", "uhrzeit"], "candidates": []}
        return Reply("needs_clarification", sentences.nothing_booked_yet(), fields)
    return _as_stored(conversation, appointment)


def _last_attempt(conversation: Conversation) -> FunctionCall | None:
    """The last that had an outcome: a question is none."""
    return next(
        (
            attempt
            for attempt in earlier(conversation)
            if attempt.name in BOOKING and attempt.status in DONE | REFUSED
        ),
        None,
    )


def _appointment(conversation: Conversation, last: FunctionCall | None) -> Appointment | None:
    """Bound to the call by its links: an id in a reply alone opens nothing."""
    mine = conversation.linked(Relationship.ORIGINAL) | conversation.linked(Relationship.DUPLICATE_ATTEMPT)
    if last is not None:
        named = (last.reply or {}).get("appointment_id")
        return mine.filter(pk=named).first() if named else None
    # Its answer was lost, but what it did is stored.
    return conversation.linked(Relationship.ORIGINAL).order_by("-created_at", "-pk").first()


def _as_stored(conversation: Conversation, appointment: Appointment) -> Reply:
    if appointment.is_blocking:
        settled = convergence.settle(appointment)
        appointment.refresh_from_db()
        if appointment.is_blocking:
            return booked(conversation, appointment, calendar=settled.calendar)
    if appointment.status == Status.CANCELLED:
        return cancelled(conversation, appointment)
    fields = {"reason": "calendar_taken", "alternatives": [], "appointment_id": appointment.pk}
    return Reply("slot_taken", sentences.no_longer_valid(**spoken_facts(conversation, appointment)), fields)
