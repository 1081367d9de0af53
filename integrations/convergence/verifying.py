"""Looking at a host's calendar around our bookings: Cal.com itself lets overlapping ones through."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from appointments.models import Appointment
from integrations.calcom.budget import Priority
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.calcom.types import Booking
from integrations.cases import open_case
from integrations.convergence.answers import facts_of
from integrations.models import (
    BookingState,
    CalendarBooking,
    CalendarCase,
    CalendarSync,
    CaseKind,
    Solution,
)

# Cal.com filters by start and end separately; a booking around ours begins and ends within this.
AROUND = timedelta(hours=12)


def verify(appointment: Appointment, *, deadline: float, opens_cases: bool = True) -> list[Booking] | None:
    """Bookings of other people that overlap ours at the same host; None if Cal.com did not answer.

    Each is a case at once, unless nothing has been promised yet; what was a case and overlaps no more is
    closed. One request. ``deadline``: ``time.monotonic()``.
    """
    rows = list(CalendarBooking.objects.filter(appointment=appointment, state=BookingState.EXISTS))
    line = Line.of(appointment.company)
    if line is None or not rows:
        return []
    first = min(row.starts_at for row in rows) - AROUND
    last = max(row.ends_at for row in rows) + AROUND
    (listed,) = line.run(
        lambda client: list(client.bookings(after_start=first, before_end=last)),
        priority=Priority.LOOKUP,
        deadline=deadline,
    )
    if isinstance(listed, CalendarError):
        return None
    _note_seen(appointment, rows, listed)
    strangers = _strangers(appointment, rows, listed)
    _close_what_is_over(appointment, strangers)
    for booking in strangers if opens_cases else ():
        if _is_agreed_on(appointment, booking):
            continue
        open_case(
            CaseKind.OVERLAP,
            company=appointment.company,
            appointment=appointment,
            uid=booking.uid,
            facts=facts_of(booking),
            now=timezone.now(),
        )
    return strangers


def _close_what_is_over(appointment: Appointment, strangers: Sequence[Booking]) -> None:
    """Either side may have gone elsewhere meanwhile."""
    CalendarCase.objects.filter(appointment=appointment, kind=CaseKind.OVERLAP, solved_at=None).exclude(
        uid__in=[booking.uid for booking in strangers]
    ).update(solved_at=timezone.now(), solution=Solution.ITSELF)


def _is_agreed_on(appointment: Appointment, booking: Booking) -> bool:
    """Somebody has said that it may stay, while it stood where it stands now."""
    dismissed = CalendarCase.objects.filter(
        appointment=appointment, kind=CaseKind.OVERLAP, uid=booking.uid, solution=Solution.DISMISS
    )
    return dismissed.filter(facts=facts_of(booking)).exists()


def _note_seen(appointment: Appointment, rows: Sequence[CalendarBooking], listed: Sequence[Booking]) -> None:
    now = timezone.now()
    standing = {(booking.uid, booking.start, booking.end) for booking in listed if booking.stands}
    seen = [row for row in rows if (row.uid, row.starts_at, row.ends_at) in standing]
    CalendarBooking.objects.filter(pk__in=[row.pk for row in seen]).update(
        verified_at=now, missing_since=None
    )
    if len(seen) == len(rows):
        CalendarSync.objects.filter(appointment=appointment).update(verified_at=now)


def _strangers(
    appointment: Appointment, rows: Sequence[CalendarBooking], listed: Sequence[Booking]
) -> list[Booking]:
    overlapping = [
        booking
        for booking in listed
        if booking.stands
        and any(
            row.calcom_user_id == booking.host_id
            and row.starts_at < booking.end
            and booking.start < row.ends_at
            for row in rows
        )
    ]
    # What we made for another appointment is about to make way; what became one from there is a case.
    known = CalendarBooking.objects.filter(
        company=appointment.company_id,
        appointment__isnull=False,
        uid__in=[booking.uid for booking in overlapping],
    )
    uids = set(known.values_list("uid", flat=True))
    return [booking for booking in overlapping if booking.uid not in uids]
