"""What an answer of Cal.com means for the row of the attempt. Nothing here sends anything."""

from datetime import timedelta

from django.utils import timezone

from integrations.calcom.errors import (
    CalendarError,
    HostUnavailable,
    NotFound,
    OutOfBounds,
    RejectedInput,
    Taken,
)
from integrations.calcom.types import Booking
from integrations.convergence.report import Outcome, Report
from integrations.convergence.wanted import Segment
from integrations.models import CalendarBooking

# Cal.com has understood and says no to this time.
REFUSALS = (Taken, HostUnavailable)
# It says no to how we ask: an event type is gone, a field is wrong. No other time would help.
IMPOSSIBLE = (NotFound, RejectedInput)


def is_refusal(answer: object) -> bool:
    return isinstance(answer, REFUSALS)


def is_outside(answer: object) -> bool:
    """Too soon for Cal.com, too far ahead or past: nobody can be in the way."""
    return isinstance(answer, OutOfBounds)


def is_impossible(answer: object) -> bool:
    return isinstance(answer, IMPOSSIBLE)


def is_as_promised(booking: Booking, segment: Segment) -> bool:
    """Incidents 2 and D2: every answer is compared with what was promised."""
    return (
        booking.stands
        and (booking.start, booking.end) == (segment.start, segment.end)
        and booking.host_id in {None, segment.host_id}
        and booking.event_type_id in {None, segment.event_type_id}
    )


def carries(booking: Booking, reference: str) -> bool:
    return booking.metadata.get("terminfest_id") == reference


def belongs_to_another(booking: Booking, row: CalendarBooking) -> bool:
    """The calendar handed us the booking of somebody else (incident G1): by its uid, or by what it
    carries. A move copies the reference, so it is the same for both.
    """
    known = CalendarBooking.objects.filter(company=row.company_id, uid=booking.uid).exclude(pk=row.pk)
    foreign = bool(row.reference) and not carries(booking, row.reference)
    return foreign or known.exists()


def facts_of(booking: Booking) -> dict[str, str | int | None]:
    """For a case: what stands at Cal.com."""
    return {
        "uid": booking.uid,
        "starts_at": booking.start.isoformat(),
        "ends_at": booking.end.isoformat(),
        "host": booking.host_id,
        "event_type": booking.event_type_id,
        "title": booking.title,
        "attendee": booking.attendee_name,
    }


def code_of(error: CalendarError) -> str:
    """The most telling code, as ``sentences.error_sentence`` reads it."""
    return str(getattr(error, "trouble", error.code))


def detail_of(error: CalendarError) -> str:
    return getattr(error, "detail", "") or ""


def pending(error: CalendarError) -> Report:
    """Not now. Where Cal.com said when, not before then."""
    seconds = getattr(error, "retry_after", None)
    not_before = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
    return Report(Outcome.PENDING, code=code_of(error), detail=detail_of(error), not_before=not_before)
