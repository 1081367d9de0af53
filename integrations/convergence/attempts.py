"""Rows for what is sent, before it is sent, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from appointments.models import Appointment
from integrations.calcom.errors import CalendarError
from integrations.calcom.types import Booking
from integrations.convergence.steps import Move
from integrations.convergence.wanted import Segment
from integrations.models import POSSIBLE, BookingState, CalendarBooking, Origin, SyncState

DETAIL_LENGTH = 500


def rows_of(appointment: Appointment) -> list[CalendarBooking]:
    """Whatever is or may be at Cal.com for it, and the traces of what was; oldest first."""
    return list(CalendarBooking.objects.filter(appointment=appointment).order_by("pk"))


@transaction.atomic
def begin_creates(
    appointment: Appointment, segments: Sequence[Segment], *, now: datetime, deadline: datetime
) -> list[CalendarBooking]:
    """Raises ``IntegrityError`` if an attempt for one of the runs is under way."""
    generation = next_generation(appointment.pk)
    return CalendarBooking.objects.bulk_create(
        CalendarBooking(
            company_id=appointment.company_id,
            appointment=appointment,
            position=segment.position,
            generation=generation,
            reference=f"{appointment.pk}:{segment.position}:{generation}",
            state=BookingState.IN_FLIGHT,
            origin=Origin.CREATED,
            calcom_user_id=segment.host_id,
            event_type_id=segment.event_type_id,
            starts_at=segment.start,
            ends_at=segment.end,
            deadline=deadline,
            created_at=now,
        )
        for segment in segments
    )


@transaction.atomic
def begin_moves(
    appointment: Appointment, moves: Sequence[Move], *, now: datetime, deadline: datetime
) -> list[CalendarBooking]:
    """As :func:`begin_creates`. Until the answer the old booking may stand or not: it is unknown too."""
    generation = next_generation(appointment.pk)
    old = [move.row.pk for move in moves]
    CalendarBooking.objects.filter(pk__in=old).update(state=BookingState.UNKNOWN, deadline=deadline)
    return CalendarBooking.objects.bulk_create(
        CalendarBooking(
            company_id=appointment.company_id,
            appointment=appointment,
            position=move.segment.position,
            generation=generation,
            reference=move.row.reference,
            state=BookingState.IN_FLIGHT,
            origin=Origin.MOVED,
            moved_from=move.row,
            calcom_user_id=move.segment.host_id,
            event_type_id=move.segment.event_type_id,
            starts_at=move.segment.start,
            ends_at=move.segment.end,
            deadline=deadline,
            created_at=now,
        )
        for move in moves
    )


def next_generation(appointment_id: int | None) -> int:
    rows = CalendarBooking.objects.filter(appointment=appointment_id)
    return (rows.aggregate(last=Max("generation"))["last"] or 0) + 1


def found(row: CalendarBooking, booking: Booking, *, now: datetime) -> None:
    """It stands, as ``booking`` says, not as we asked."""
    row.state = BookingState.EXISTS
    row.uid = booking.uid
    row.starts_at, row.ends_at = booking.start, booking.end
    row.calcom_user_id = booking.host_id or row.calcom_user_id
    row.event_type_id = booking.event_type_id or row.event_type_id
    row.settled_at = row.verified_at = now
    row.missing_since = None
    row.error_code = row.error_detail = ""
    row.leaving = False
    row.save()


def gone(row: CalendarBooking, *, now: datetime, error: CalendarError | None = None) -> None:
    """It certainly does not stand."""
    row.state = BookingState.ABSENT
    row.settled_at = now
    _note(row, error)
    row.save()


def unknown(row: CalendarBooking, *, now: datetime, deadline: datetime, error: CalendarError) -> None:
    """It may stand; nobody knows before ``deadline``, when the request has surely ended."""
    row.state = BookingState.UNKNOWN
    row.settled_at, row.deadline = now, deadline
    _note(row, error)
    row.save()


def begin_cancels(rows: Sequence[CalendarBooking], *, deadline: datetime) -> None:
    """Until the answer they may stand or not."""
    for row in rows:
        row.state, row.leaving, row.deadline = BookingState.UNKNOWN, True, deadline
    CalendarBooking.objects.bulk_update(rows, ["state", "leaving", "deadline"])


def stands_again(row: CalendarBooking, *, now: datetime) -> None:
    """A move or cancel that certainly did not happen."""
    row.state, row.leaving = BookingState.EXISTS, False
    row.settled_at = now
    row.save(update_fields=["state", "leaving", "settled_at"])


def missed(row: CalendarBooking, *, now: datetime) -> None:
    """The calendar does not know it, for the first time (invariant I6)."""
    row.missing_since = row.missing_since or now
    row.save(update_fields=["missing_since"])


def _note(row: CalendarBooking, error: CalendarError | None) -> None:
    row.error_code = error.code if error else ""
    row.error_detail = (getattr(error, "detail", "") or "")[:DETAIL_LENGTH]


def expire_in_flight(rows: Sequence[CalendarBooking], *, now: datetime) -> None:
    """Whoever sent these has died or given up: nobody knows what became of them."""
    for row in rows:
        if row.state == BookingState.IN_FLIGHT and row.deadline is not None and row.deadline <= now:
            row.state = BookingState.UNKNOWN
            row.save(update_fields=["state"])


def ours_in_the_way(appointment: Appointment, segments: Sequence[Segment]) -> list[CalendarBooking]:
    """Bookings of our other appointments that stand, or may, where ``segments`` should, and are about
    to go: in the ledger that time is free. What waits for a person or is a conflict stays there.
    """
    anywhere = Q(pk__in=[])
    for segment in segments:
        anywhere |= Q(calcom_user_id=segment.host_id, starts_at__lt=segment.end, ends_at__gt=segment.start)
    others = CalendarBooking.objects.filter(
        anywhere,
        company=appointment.company_id,
        state__in=POSSIBLE,
        appointment__calendar_sync__state=SyncState.PENDING,
    )
    return list(others.exclude(appointment=appointment))
