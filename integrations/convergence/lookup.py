"""Finding out what became of attempts whose outcome is unknown, before anything is repeated."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, NotFound
from integrations.calcom.types import Booking
from integrations.convergence import attempts
from integrations.convergence.answers import facts_of, pending
from integrations.convergence.following import follows_calendar
from integrations.convergence.report import Outcome, Report, Stop
from integrations.convergence.work import Work, listing
from integrations.models import BookingState, CalendarBooking, CaseKind, Origin

# After its deadline a request may still be working on the other side; and so long lies between the first
# and the second time that Cal.com does not know a booking (incident F8).
SETTLING_TIME = timedelta(minutes=1)


def resolve(work: Work, rows: Sequence[CalendarBooking]) -> None:
    """Afterwards no row is unknown or in flight. Raises ``Stop`` while one has to be.

    That something stands is believed at once; that it does not, only a minute after its deadline.
    """
    now = timezone.now()
    attempts.expire_in_flight(rows, now=now)
    flying = [row.deadline for row in rows if row.state == BookingState.IN_FLIGHT and row.deadline]
    if flying:
        raise Stop(Report(Outcome.PENDING, code="in_flight", not_before=max(flying)))
    unknown = [row for row in rows if row.state == BookingState.UNKNOWN]
    named = [row for row in unknown if row.uid]
    _resolve_named(work, named, rows)
    _resolve_created(work, [row for row in unknown if not row.uid and row.state == BookingState.UNKNOWN])
    open_still = [row.deadline or now for row in unknown if row.state == BookingState.UNKNOWN]
    if open_still:
        raise Stop(
            Report(Outcome.PENDING, code="unknown_outcome", not_before=max(open_still) + SETTLING_TIME)
        )


def _resolve_created(work: Work, rows: Sequence[CalendarBooking]) -> None:
    """By event type and time; ours carries our reference. Cancelled ones are not listed as standing."""
    asked = [row for row in rows if row.event_type_id]
    if not asked:
        return
    (there,) = work.run([listing(asked)], Priority.LOOKUP)
    _insist(there)
    now = timezone.now()
    standing = {booking.metadata.get("terminfest_id"): booking for booking in there if booking.stands}
    for row in asked:
        booking = standing.get(row.reference)
        if booking is not None and not _is_known(row, booking):
            attempts.found(row, booking, now=now)
        elif _settled(row, now):
            attempts.gone(row, now=now)


def _is_known(row: CalendarBooking, booking: Booking) -> bool:
    known = CalendarBooking.objects.filter(company=row.company_id, uid=booking.uid)
    return known.exclude(pk=row.pk).exists()


def _settled(row: CalendarBooking, now: datetime) -> bool:
    return row.deadline is None or row.deadline + SETTLING_TIME <= now


def _resolve_named(
    work: Work, rows: Sequence[CalendarBooking], everything: Sequence[CalendarBooking]
) -> None:
    """Those whose uid we know: what a move or a cancel of ours made of them, or somebody else's."""
    if not rows:
        return
    answers = work.run([partial(_get, uid=row.uid or "") for row in rows], Priority.LOOKUP)
    for row, answer in zip(rows, answers, strict=True):
        successors = [other for other in everything if other.moved_from_id == row.pk and _is_open(other)]
        _resolve_one(work, row, answer, successors)


def _is_open(row: CalendarBooking) -> bool:
    return row.state == BookingState.UNKNOWN and not row.uid


def _resolve_one(
    work: Work, row: CalendarBooking, answer: Any, successors: Sequence[CalendarBooking]
) -> None:
    now = timezone.now()
    if isinstance(answer, NotFound):
        _not_known_there(row, now)
        return
    _insist(answer)
    if answer.stands:
        # A cancel can be sent again at once: twice is as good as once.
        if row.leaving or _settled(row, now):
            attempts.found(row, answer, now=now)
            for successor in successors:
                attempts.gone(successor, now=now)
    elif not (row.leaving or successors) and follows_calendar(work.appointment):
        _leave_to_observation(row, now)
    elif answer.rescheduled_to:
        _follow(work, row, answer.rescheduled_to, successors)
    else:
        attempts.gone(row, now=now)
        for successor in successors:
            attempts.gone(successor, now=now)
        if not row.leaving:
            _gone_outside(work, row, answer)


def _leave_to_observation(row: CalendarBooking, now: datetime) -> None:
    """What came from Cal.com follows it, and whoever takes over bookings from there has to see the
    change: to them it stands until they do.
    """
    attempts.stands_again(row, now=now)
    raise Stop(Report(Outcome.PENDING, code="changed_at_calcom"))


def _not_known_there(row: CalendarBooking, now: datetime) -> None:
    """Twice, a minute apart, before it is believed: a booking has been seen to be unknown right after
    it was made (incident F8, invariant I6).
    """
    if row.missing_since is not None and row.missing_since + SETTLING_TIME <= now:
        attempts.gone(row, now=now)
    else:
        attempts.missed(row, now=now)


def _follow(work: Work, row: CalendarBooking, uid: str, successors: Sequence[CalendarBooking]) -> None:
    """It was moved: by us, if one of our moves ends where it is now."""
    (answer,) = work.run([partial(_get, uid=uid)], Priority.LOOKUP)
    _insist(answer)
    now = timezone.now()
    ours = next((other for other in successors if other.starts_at == answer.start), None)
    attempts.gone(row, now=now)
    for other in successors:
        if other is not ours:
            attempts.gone(other, now=now)
    if ours is not None:
        attempts.found(ours, answer, now=now)
        return
    _note_foreign_move(row, answer, now)
    if work.appointment.is_blocking:  # of one that is given up nothing has to be decided: it goes
        _halt(work, CaseKind.MOVED, answer)


def _note_foreign_move(row: CalendarBooking, booking: Booking, now: datetime) -> None:
    known = CalendarBooking.objects.filter(company=row.company_id, uid=booking.uid).exists()
    if known:
        return
    moved = CalendarBooking(
        company_id=row.company_id,
        appointment_id=row.appointment_id,
        position=row.position,
        generation=attempts.next_generation(row.appointment_id),
        reference=row.reference,
        origin=Origin.FOREIGN,
        moved_from=row,
        created_at=now,
    )
    if booking.stands:
        attempts.found(moved, booking, now=now)


def _gone_outside(work: Work, row: CalendarBooking, booking: Booking) -> None:
    """Somebody cancelled at Cal.com what should stand."""
    if work.appointment.is_blocking:
        _halt(work, CaseKind.CANCELLED, booking)


def _halt(work: Work, kind: CaseKind, booking: Booking) -> None:
    """What was promised waits for a person (invariant I5)."""
    raise Stop(
        Report(
            Outcome.HALTED,
            code="changed_at_calcom",
            kind=kind,
            uid=booking.uid,
            facts=facts_of(booking),
        )
    )


def _insist(answer: Any) -> None:
    if isinstance(answer, CalendarError):
        raise Stop(pending(answer))


def _get(client: Client, *, uid: str) -> Booking:
    return client.get(uid)
