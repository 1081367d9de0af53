"""Doing what is to be done at Cal.com for one appointment, and noting what became of each attempt."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from appointments.models import Appointment
from integrations import slot_memory
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import (
    AlreadyCancelled,
    AlreadyEnded,
    AlreadyRescheduled,
    CalendarError,
    NoAnswer,
    NotFound,
    Trouble,
    UnknownOutcome,
)
from integrations.calcom.line import Line
from integrations.calcom.types import Booking
from integrations.convergence import attempts
from integrations.convergence.answers import (
    belongs_to_another,
    code_of,
    detail_of,
    facts_of,
    is_as_promised,
    is_impossible,
    is_outside,
    is_refusal,
    pending,
)
from integrations.convergence.attendee import order_for
from integrations.convergence.report import Outcome, Report, Stop
from integrations.convergence.steps import Move, Steps
from integrations.convergence.wanted import Segment
from integrations.models import BookingState, CalendarBooking, CaseKind

CANCEL_REASON = "Terminfest"


class Work:
    """What one piece of work knows. ``deadline`` is a ``time.monotonic()`` value: no request lasts
    longer. ``urgent``: somebody waits for it. ``undecided``: refused, it goes back to where it stood.
    Nothing here runs in a transaction.
    """

    def __init__(
        self,
        line: Line,
        appointment: Appointment,
        *,
        deadline: float,
        urgent: bool = False,
        undecided: bool = False,
    ) -> None:
        self.line = line
        self.appointment = appointment
        self.deadline = deadline
        self.urgent = urgent
        self.undecided = undecided

    def carry_out(self, steps: Steps) -> None:
        """Raises ``Stop`` where it cannot go on; what was done until then is noted."""
        try:
            self.cancel(steps.make_way)
            for wave in steps.moves:
                self.move(wave)
            self.create(steps.creates)
            self.cancel(steps.cancels)
        except Stop as stop:
            if self._has_no_way_back(stop.report):
                self._leave(steps)
            raise
        finally:
            slot_memory.forget(self.appointment.company, steps.places)

    def _has_no_way_back(self, report: Report) -> bool:
        final = {Outcome.REFUSED, Outcome.HALTED} if not self.undecided else set()
        return report.outcome in {Outcome.OUTSIDE, *final}

    def _leave(self, steps: Steps) -> None:
        """Where it cannot follow, it must not stay behind either: that time has perhaps been promised to
        somebody else, whom our own entry would keep out of the calendar.
        """
        moving = [move.row for wave in steps.moves for move in wave]
        self.cancel([row for row in (*moving, *steps.cancels) if row.state == BookingState.EXISTS])

    @property
    def answers_due(self) -> datetime:
        """The instant after which no request of this piece of work is under way."""
        return timezone.now() + timedelta(seconds=max(self.deadline - monotonic(), 0))

    def run(self, operations: Sequence[Callable[[Client], Any]], priority: Priority) -> list[Any]:
        """All at once; each answer a result or a ``CalendarError``, in order."""
        allowed = priority if self.urgent else min(priority, Priority.BACKLOG)
        return self.line.run(*operations, priority=allowed, deadline=self.deadline)

    def create(self, segments: Sequence[Segment]) -> None:
        if not segments:
            return
        rows = self._begin(attempts.begin_creates, segments)
        orders = [
            order_for(self.appointment, segment, row.reference)
            for segment, row in zip(segments, rows, strict=True)
        ]
        answers = self.run([partial(_create, order=order) for order in orders], Priority.WRITE)
        answers = self._looked_up_where_refused(rows, answers)
        self._settle(rows, segments, answers)

    def _looked_up_where_refused(self, rows: Sequence[CalendarBooking], answers: Sequence[Any]) -> list[Any]:
        """A refusal may be our own booking in the way: "HTTP 400 although booked" (incident F8)."""
        refused = [row for row, answer in zip(rows, answers, strict=True) if is_refusal(answer)]
        if not refused:
            return list(answers)
        (there,) = self.run([listing(refused)], Priority.LOOKUP)
        if isinstance(there, CalendarError):
            # It may be our own booking that is in the way.
            doubt = UnknownOutcome(there.trouble if isinstance(there, NoAnswer) else Trouble.UNREADABLE)
            return [doubt if is_refusal(answer) else answer for answer in answers]
        made = {booking.metadata.get("terminfest_id"): booking for booking in there if booking.stands}
        return [
            made.get(row.reference, answer) if is_refusal(answer) else answer
            for row, answer in zip(rows, answers, strict=True)
        ]

    def _settle(
        self, rows: Sequence[CalendarBooking], segments: Sequence[Segment], answers: Sequence[Any]
    ) -> None:
        now = timezone.now()
        wrong: list[CalendarBooking] = []
        trouble: list[Any] = []
        for row, segment, answer in zip(rows, segments, answers, strict=True):
            if isinstance(answer, CalendarError):
                self._note_failure(row, answer, now)
                trouble.append(answer)
            elif belongs_to_another(answer, row):
                attempts.gone(row, now=now)
                trouble.append(answer)
            else:
                attempts.found(row, answer, now=now)
                if not is_as_promised(answer, segment):
                    wrong.append(row)
                    trouble.append(answer)
        self._undo(wrong)
        self._stop_at(trouble, segments)

    def _note_failure(self, row: CalendarBooking, error: CalendarError, now: datetime) -> None:
        if error.is_definite:
            attempts.gone(row, now=now, error=error)
        else:
            attempts.unknown(row, now=now, deadline=self.answers_due, error=error)

    def _undo(self, wrong: Sequence[CalendarBooking]) -> None:
        """What was booked otherwise than promised goes at once (incidents 2, D2)."""
        try:
            self.cancel(wrong)
        except Stop:
            return  # it is noted, and goes with the next attempt

    def _stop_at(self, trouble: Iterable[Any], segments: Sequence[Segment]) -> None:
        """Raises ``Stop`` for the gravest of ``trouble``, if there is any."""
        by_rank = sorted(trouble, key=_rank)
        if not by_rank:
            return
        worst = by_rank[0]
        if isinstance(worst, Booking):
            raise Stop(
                Report(
                    Outcome.REFUSED,
                    code="other_booking",
                    kind=CaseKind.OTHER_BOOKING,
                    facts=facts_of(worst),
                )
            )
        if is_refusal(worst) and attempts.ours_in_the_way(self.appointment, segments):
            raise Stop(Report(Outcome.PENDING, code="own_booking_in_the_way", detail=detail_of(worst)))
        raise Stop(_report_of(worst))

    def move(self, moves: Sequence[Move]) -> None:
        rows = self._begin(attempts.begin_moves, moves)
        answers = self.run(
            [partial(_reschedule, uid=move.row.uid or "", start=move.segment.start) for move in moves],
            Priority.WRITE,
        )
        now = timezone.now()
        trouble: list[Any] = []
        for new, move, answer in zip(rows, moves, answers, strict=True):
            if isinstance(answer, CalendarError):
                self._note_failed_move(new, move.row, answer, now)
                trouble.append(answer)
                continue
            attempts.gone(move.row, now=now)
            attempts.found(new, answer, now=now)
            if not is_as_promised(answer, move.segment):
                trouble.append(answer)
        self._stop_at(trouble, [move.segment for move in moves])

    def _note_failed_move(
        self, new: CalendarBooking, old: CalendarBooking, error: CalendarError, now: datetime
    ) -> None:
        self._note_failure(new, error, now)
        if isinstance(error, AlreadyRescheduled | AlreadyCancelled | NotFound):
            attempts.unknown(old, now=now, deadline=now, error=error)  # somebody was there before us: look
        elif error.is_definite:
            attempts.stands_again(old, now=now)
        else:
            attempts.unknown(old, now=now, deadline=self.answers_due, error=error)

    def cancel(self, rows: Sequence[CalendarBooking]) -> None:
        if not rows:
            return
        attempts.begin_cancels(rows, deadline=self.answers_due)
        answers = self.run([partial(_cancel, uid=row.uid or "") for row in rows], Priority.WRITE)
        now = timezone.now()
        trouble = []
        for row, answer in zip(rows, answers, strict=True):
            if not isinstance(answer, CalendarError) or isinstance(answer, AlreadyCancelled):
                attempts.gone(row, now=now)
            elif isinstance(answer, AlreadyEnded):
                attempts.stands_again(row, now=now)
            else:
                self._note_failed_cancel(row, answer, now)
                trouble.append(answer)
        if trouble:
            raise Stop(pending(min(trouble, key=_rank)))

    def _note_failed_cancel(self, row: CalendarBooking, error: CalendarError, now: datetime) -> None:
        if isinstance(error, AlreadyRescheduled | NotFound):
            attempts.unknown(row, now=now, deadline=now, error=error)
        elif error.is_definite:
            attempts.stands_again(row, now=now)
        else:
            attempts.unknown(row, now=now, deadline=self.answers_due, error=error)

    def _begin(
        self, begin: Callable[..., list[CalendarBooking]], things: Sequence[Any]
    ) -> list[CalendarBooking]:
        try:
            return begin(self.appointment, things, now=timezone.now(), deadline=self.answers_due)
        except IntegrityError:
            raise Stop(Report(Outcome.PENDING, code="in_flight", not_before=self.answers_due)) from None


def _create(client: Client, *, order: Any) -> Booking:
    return client.create(order)


def _reschedule(client: Client, *, uid: str, start: datetime) -> Booking:
    return client.reschedule(uid, start, CANCEL_REASON)


def _cancel(client: Client, *, uid: str) -> None:
    client.cancel(uid, CANCEL_REASON)


def listing(rows: Sequence[CalendarBooking]) -> Callable[[Client], list[Booking]]:
    """What stands on the event types of ``rows`` from the first start to the last end, a minute wider:
    the vendor's filters compare strictly.
    """
    margin = timedelta(minutes=1)
    event_types = sorted({row.event_type_id for row in rows if row.event_type_id})
    first = min(row.starts_at for row in rows) - margin
    last = max(row.ends_at for row in rows) + margin
    return lambda client: list(
        client.bookings(event_type_ids=event_types, after_start=first, before_end=last)
    )


def _rank(trouble: Any) -> int:
    """The gravest first: a definite no, then what no time would cure, then what is only not yet so, then
    what nobody else can have either.
    """
    if isinstance(trouble, Booking):
        return 0
    if is_refusal(trouble):
        return 1
    if is_impossible(trouble):
        return 2
    return 4 if is_outside(trouble) else 3


def _report_of(error: CalendarError) -> Report:
    if is_refusal(error):
        return Report(Outcome.REFUSED, code=code_of(error), detail=detail_of(error), kind=CaseKind.REFUSED)
    if is_impossible(error):
        return Report(Outcome.HALTED, code=code_of(error), detail=detail_of(error), kind=CaseKind.REFUSED)
    if is_outside(error):
        return Report(Outcome.OUTSIDE, code=code_of(error))
    return pending(error)
