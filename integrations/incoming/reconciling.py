"""Asking Cal.com what stands there, both ways: messages get lost (``calcom.md``, point 9).

First what changed since the last pass, then whether everything that should stand is still there. That
something is missing from a list proves nothing; each is asked for by itself, and only what Cal.com does
not know twice, a minute apart, is gone (invariant I6).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone

from appointments.models import Company
from appointments.models.company import CalendarMode
from integrations.calcom.budget import Priority
from integrations.calcom.errors import CalendarError, NotFound
from integrations.calcom.line import Line
from integrations.calcom.types import Booking
from integrations.convergence.lookup import SETTLING_TIME
from integrations.incoming.observed import Observed, Verdict
from integrations.incoming.observing import confirm_missing, observe
from integrations.incoming.seen import Seen, seen_in
from integrations.models import BookingState, CalendarBooking, CalendarConnection

logger = logging.getLogger(__name__)

# Clocks differ, and what was changed during the last listing may not have been in it.
MARGIN = timedelta(minutes=5)
DAY = timedelta(days=1)
ON = (CalendarMode.MIRROR, CalendarMode.STRICT)
# More vanishing at once than this means that something is wrong with the answers, not with the bookings.
FEW, SHARE = 3, 0.2


class NoKey(Exception):
    """The company has no key for Cal.com."""


@dataclass
class Reconciliation:
    """What a pass found. ``seen``: bookings at Cal.com that were looked at; ``taken_over``, ``cases`` and
    ``echoes`` of them; ``missing``: ours that Cal.com does not know, perhaps for the first time;
    ``unknown``: what could not be decided now. ``error``: why the pass ended early.
    """

    company: Company
    seen: int = 0
    taken_over: int = 0
    echoes: int = 0
    cases: int = 0
    missing: int = 0
    unknown: int = 0
    mass_vanishing: bool = False
    error: CalendarError | None = field(default=None, repr=False)

    @property
    def is_complete(self) -> bool:
        return self.error is None and not self.unknown and not self.mass_vanishing

    @property
    def has_findings(self) -> bool:
        return bool(self.cases or self.missing or not self.is_complete)

    def count(self, observed: Observed) -> None:
        verdict = observed.verdict
        self.taken_over += verdict is Verdict.TAKEN_OVER
        self.echoes += verdict in {Verdict.ECHO, Verdict.IGNORED}
        self.cases += verdict is Verdict.CASE
        self.unknown += verdict is Verdict.LATER


def reconcile(company: Company, *, now: datetime, since: datetime | None = None) -> Reconciliation:
    """Compares both ways. ``since``: go back so far instead of to the end of the last pass.

    Raises ``NoKey``. Never in a transaction. Two passes at once do no harm.
    """
    line = Line.of(company)
    if line is None:
        raise NoKey(company.slug)
    return _Pass(line, company, now).run(since or line.connection.reconciled_until)


class _Pass:
    def __init__(self, line: Line, company: Company, now: datetime) -> None:
        self.line, self.company, self.now = line, company, now
        self.result = Reconciliation(company)

    def run(self, since: datetime | None) -> Reconciliation:
        try:
            if since is not None:
                # After the clock was set back nobody knows when the last pass was.
                self._look_at_changes(since - MARGIN if since <= self.now else self.now - DAY)
            self._look_for_ours(self._look_at_coming())
        except CalendarError as error:
            self.result.error = error
            logger.warning("Reconciliation of %s ended early: %s", self.company.slug, error.code)
        if self.result.is_complete:
            CalendarConnection.objects.filter(pk=self.line.connection.pk).update(reconciled_until=self.now)
        return self.result

    def _look_at_changes(self, since: datetime) -> None:
        """In the order in which they happened."""
        asked_at = timezone.now()
        for booking in self.line.bookings(priority=Priority.LOOKUP, after_updated_at=since):
            self._look_at(seen_in(booking, asked_at=asked_at))

    def _look_at_coming(self) -> set[str]:
        """All that is to come, also what was booked before we first looked; the uids listed. What is as
        we knew is noted in one statement.
        """
        asked_at = timezone.now()
        listed = self.line.bookings(priority=Priority.LOOKUP, after_start=asked_at)
        rows = {row.uid: row for row in self._standing(asked_at)}
        agreeing = [booking.uid for booking in listed if _agrees(booking, rows.get(booking.uid))]
        self._note_agreement(agreeing, asked_at)
        known = set(agreeing)
        for booking in listed:
            if booking.uid not in known and (booking.stands or booking.uid in rows):
                self._look_at(seen_in(booking, asked_at=asked_at))
        return {booking.uid for booking in listed}

    def _note_agreement(self, uids: Sequence[str], asked_at: datetime) -> None:
        rows = CalendarBooking.objects.filter(company=self.company, uid__in=uids, state=BookingState.EXISTS)
        rows.filter(settled_at__lt=asked_at).update(verified_at=asked_at, missing_since=None)
        self.result.seen += len(uids)
        self.result.echoes += len(uids)

    def _look_at(self, seen: Seen) -> None:
        self.result.seen += 1
        self.result.count(self._observed(seen))

    def _observed(self, seen: Seen) -> Observed:
        try:
            observed = observe(self.company, seen, now=self.now)
            if observed.verdict is Verdict.LATER and seen.moved_to:
                return self._observed_where_it_went(seen)
        except CalendarError:
            raise
        except Exception as error:  # noqa: BLE001
            # One that we cannot digest must not keep us from the others. What it says may name a customer.
            logger.error("Booking %s could not be compared: %s", seen.uid, type(error).__name__)  # noqa: TRY400
            return Observed(Verdict.LATER)
        return observed

    def _observed_where_it_went(self, seen: Seen) -> Observed:
        """A move that no message told us of: the new booking says what became of the old one."""
        asked_at = timezone.now()
        answer = self._get(seen.moved_to)
        if isinstance(answer, NotFound):  # it is cancelled all the same
            return observe(self.company, replace(seen, moved_to=""), now=self.now)
        new = observe(self.company, seen_in(answer, asked_at=asked_at), now=self.now)
        if new.verdict is Verdict.LATER:
            return new
        observe(self.company, replace(seen, moved_to=""), now=self.now)
        return new

    def _look_for_ours(self, listed: set[str]) -> None:
        """Whatever should stand and was not in a complete list."""
        asked_at = timezone.now()
        wanted = self._standing(asked_at)
        lost: list[CalendarBooking] = []
        for row in wanted:
            if row.uid in listed or row.uid is None:
                continue
            answer = self._get(row.uid)
            if isinstance(answer, NotFound):
                lost.append(row)
            else:
                self._look_at(seen_in(answer, asked_at=asked_at))
        if len(lost) > max(FEW, SHARE * len(wanted)):
            self._doubt(lost, len(wanted))
            return
        for row in lost:
            self._note_missing(row)

    def _standing(self, asked_at: datetime) -> list[CalendarBooking]:
        """What should have been there when we asked."""
        rows = CalendarBooking.objects.filter(
            company=self.company,
            state=BookingState.EXISTS,
            starts_at__gt=asked_at,
            settled_at__lt=asked_at,
            appointment__branch__calendar__in=ON,
        )
        return list(rows.order_by("starts_at", "pk"))

    def _doubt(self, lost: Sequence[CalendarBooking], wanted: int) -> None:
        self.result.mass_vanishing = True
        self.result.unknown += len(lost)
        logger.error(
            "%s of %s bookings of %s are unknown to Cal.com at once: nothing is believed.",
            len(lost),
            wanted,
            self.company.slug,
        )

    def _note_missing(self, row: CalendarBooking) -> None:
        self.result.missing += 1
        if row.missing_since is None:
            standing = CalendarBooking.objects.filter(pk=row.pk, state=BookingState.EXISTS)
            standing.filter(missing_since=None).update(missing_since=self.now)
        elif row.missing_since + SETTLING_TIME <= self.now:
            self.result.count(confirm_missing(self.company, row.pk, now=self.now))

    def _get(self, uid: str) -> Booking | NotFound:
        """Raises any other ``CalendarError``: no answer is not a no."""
        try:
            return self.line.call(lambda client: client.get(uid), priority=Priority.LOOKUP)
        except NotFound as error:
            return error


def _agrees(booking: Booking, row: CalendarBooking | None) -> bool:
    return (
        row is not None
        and booking.stands
        and booking.host_id in {None, row.calcom_user_id}
        and (booking.start, booking.end) == (row.starts_at, row.ends_at)
    )
