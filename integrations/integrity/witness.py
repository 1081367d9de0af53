"""What Cal.com itself shows, held against what we believe to stand there. Changes nothing.

Only that something is missing from a list proves nothing (invariant I6): what a list does not show is asked
for by itself, as long as there are few.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic

from django.utils import timezone

from appointments.integrity import Scope
from appointments.models import Company
from appointments.models.appointment import BLOCKING
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, NotFound, name_of
from integrations.calcom.line import Line
from integrations.calcom.types import Booking
from integrations.incoming.rounds import with_calendar
from integrations.models import BookingState, CalendarBooking, CalendarHost

# A whole listing has to end some time; a salon of thousands of appointments needs a minute or two.
SECONDS = 240.0
# Asked for one by one. More vanishing at once says something of the answers, not of the bookings.
MOST_ASKED = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """``kind`` is the name of the check that tells it; ``stands_at``: when it stands at Cal.com.

    Without ``appointment_id`` it is a booking of one of our hosts that is nobody's appointment.
    """

    kind: str
    company_id: int
    appointment_id: int | None
    booking_id: int | None
    stands_at: datetime | None
    host_id: int | None = None
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Testimony:
    """``trouble``: why Cal.com did not say everything, as ``errors.name_of``; empty if it did."""

    differences: tuple[Difference, ...] = ()
    trouble: str = ""


NO_KEY = "no_key"


def testimony(scope: Scope, company: Company) -> Testimony:
    """Asked once in a run. Nothing if nobody may be asked, or no branch uses a calendar."""
    if not scope.asks_outside:
        return Testimony()
    known: dict[int, Testimony] = scope.memo.setdefault("calendar", {})
    if company.pk not in known:
        known[company.pk] = _ask(company)
    return known[company.pk]


def differences(scope: Scope, kind: str) -> Iterator[Difference]:
    for company in scope.companies():
        yield from (each for each in testimony(scope, company).differences if each.kind == kind)


def _ask(company: Company) -> Testimony:
    if not with_calendar().filter(pk=company.pk).exists():
        return Testimony()
    line = Line.of(company)
    if line is None:
        return Testimony(trouble=NO_KEY)
    asked_at = timezone.now()
    try:
        deadline = monotonic() + SECONDS
        listed = line.bookings(priority=Priority.LOOKUP, deadline=deadline, after_start=asked_at)
        return Testimony(tuple(_compare(company, line, listed, asked_at, deadline)))
    except CalendarError as error:
        return Testimony(trouble=name_of(error))


def _compare(
    company: Company, line: Line, listed: list[Booking], asked_at: datetime, deadline: float
) -> Iterator[Difference]:
    there = {booking.uid: booking for booking in listed}
    ours = CalendarBooking.objects.filter(company=company, settled_at__lt=asked_at, uid__isnull=False)
    standing = ours.filter(state=BookingState.EXISTS, starts_at__gt=asked_at).exclude(
        appointment__calendar_sync__state__in=("pending", "halted")
    )
    unseen: list[CalendarBooking] = []
    for row in standing.select_related("appointment").order_by("pk").iterator(chunk_size=1000):
        booking = there.pop(row.uid or "", None)
        if booking is None:
            unseen.append(row)
        else:
            yield from _differing(row, booking)
    yield from _unseen(line, unseen, deadline)
    yield from _strangers(company, there)


def _differing(row: CalendarBooking, booking: Booking) -> Iterator[Difference]:
    if not booking.stands:
        yield _of(row, "calendar_missing", booking.start)
    elif (booking.start, booking.end) != (row.starts_at, row.ends_at):
        yield _of(row, "calendar_other_time", booking.start)
    elif booking.host_id not in {None, row.calcom_user_id}:
        yield _of(row, "calendar_other_host", booking.start)


def _unseen(line: Line, rows: list[CalendarBooking], deadline: float) -> Iterator[Difference]:
    """Cancelled, moved, or unknown to Cal.com."""
    asked = rows[:MOST_ASKED]
    gets = [partial(_get, uid=row.uid or "") for row in asked]
    answers = line.run(*gets, priority=Priority.LOOKUP, deadline=deadline)
    for row, answer in zip(asked, answers, strict=True):
        if isinstance(answer, NotFound):
            yield _of(row, "calendar_unknown", row.starts_at)
        elif isinstance(answer, CalendarError):
            raise answer
        else:
            yield from _differing(row, answer)
    for row in rows[MOST_ASKED:]:
        yield _of(row, "calendar_missing", row.starts_at)


def _get(client: Client, *, uid: str) -> Booking:
    return client.get(uid)


def _strangers(company: Company, there: dict[str, Booking]) -> Iterator[Difference]:
    """What stands in our stylists' calendars, and is no appointment that is to come."""
    hosts = set(CalendarHost.objects.filter(company=company).values_list("calcom_user_id", flat=True))
    standing = {uid: each for uid, each in there.items() if each.stands and each.host_id in hosts}
    rows = CalendarBooking.objects.filter(company=company, uid__in=standing).select_related("appointment")
    known = {row.uid: row for row in rows}
    for uid, booking in sorted(standing.items()):
        row = known.get(uid)
        # Pending and halted ones are on their way, or wait for a decision.
        if row is None:
            yield Difference(
                "calendar_extra", company.pk, None, None, booking.start, booking.host_id, booking.uid
            )
        elif row.state == BookingState.ABSENT and not (
            row.appointment and row.appointment.status in BLOCKING
        ):
            yield _of(row, "calendar_extra", booking.start)


def _of(row: CalendarBooking, kind: str, stands_at: datetime) -> Difference:
    return Difference(
        kind, row.company_id, row.appointment_id, row.pk, stands_at, row.calcom_user_id, row.uid or ""
    )
