"""What we know of a booking before we look at what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from appointments.models import Appointment, Company
from integrations.convergence.attempts import next_generation
from integrations.incoming.observed import Overtaken
from integrations.incoming.seen import Seen
from integrations.models import BookingState, CalendarBooking, Origin

OPEN = (BookingState.IN_FLIGHT, BookingState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Known:
    """``row`` is of this very uid, ``old`` of the uid it was moved from, ``new`` of the one it was moved
    to. ``kin`` carry its reference, or are attempts under way at its place; oldest first.
    """

    row: CalendarBooking | None
    old: CalendarBooking | None
    new: CalendarBooking | None
    kin: Sequence[CalendarBooking]
    reference: str

    @property
    def nameless(self) -> list[CalendarBooking]:
        """Attempts of ours whose uid we never learned, which this may be or meet."""
        return [row for row in self.kin if row.uid is None]

    @property
    def ancestor(self) -> CalendarBooking | None:
        """What it was moved from: by uid, or if that was a step we have not heard of, or only as gone
        (messages come in any order), by the reference that all of the chain carry: what may stand, else
        what we thought gone. It is never somebody else's.
        """
        if self.old is not None and self.old.appointment_id is not None:
            return self.old
        newest_first = [row for row in reversed(self._chain) if row.appointment_id is not None]
        return next((row for row in newest_first if _may_stand(row)), next(iter(newest_first), self.old))

    @property
    def _chain(self) -> list[CalendarBooking]:
        return [row for row in self.kin if row.reference and row.reference == self.reference]

    def under_way(self, now: datetime) -> datetime | None:
        """When the last request of ours that could have to do with it has surely ended; None if none is
        under way.
        """
        rows = [self.row] if self.row else [*self.nameless, *([self.old] if self.old else [])]
        deadlines = [row.deadline for row in rows if row.state in OPEN and row.deadline]
        return max((deadline for deadline in deadlines if deadline > now), default=None)


def look(company: Company, seen: Seen) -> Known:
    """One statement, because the rows change while we read: an attempt that has just got its uid must
    not be missed both as an attempt and as a uid, or its booking would be taken for a foreign one.
    """
    uids = [uid for uid in (seen.uid, seen.moved_from, seen.moved_to) if uid]
    about = Q(uid__in=uids) | _kin_of(seen)
    rows = list(
        CalendarBooking.objects.filter(about, company=company)
        .select_related("appointment", "moved_from")
        .order_by("pk")
    )
    by_uid = {row.uid: row for row in rows if row.uid}
    return Known(
        row=by_uid.get(seen.uid),
        old=by_uid.get(seen.moved_from),
        new=by_uid.get(seen.moved_to),
        kin=[row for row in rows if row.uid not in uids],
        reference=seen.reference if seen.moved_from else "",
    )


def _kin_of(seen: Seen) -> Q:
    overlaps = Q(calcom_user_id=seen.host_id, starts_at__lt=seen.end, ends_at__gt=seen.start)
    kin = Q(state__in=OPEN, uid__isnull=True) & overlaps
    return kin | Q(reference=seen.reference) if seen.reference else kin


def _may_stand(row: CalendarBooking) -> bool:
    """Of an attempt that came to nothing nobody can have moved anything, unless we are wrong about it."""
    return row.uid is None or row.state != BookingState.ABSENT


def is_ours(attempt: CalendarBooking, seen: Seen) -> bool:
    """Whether ``seen`` is what ``attempt`` was to make.

    A create carries a reference that was never used before. A move copies it, so there the booking
    that was moved, and where to, have to be the same: metadata alone proves nothing.
    """
    if attempt.origin == Origin.CREATED:
        return bool(seen.reference) and attempt.reference == seen.reference and not seen.moved_from
    old = attempt.moved_from
    return old is not None and old.uid == seen.moved_from and stands_as(attempt, seen)


def stands_as(row: CalendarBooking, seen: Seen) -> bool:
    """Incident D16: to the minute, with the same host. What Cal.com leaves out is not different."""
    same_host = seen.host_id is None or row.calcom_user_id == seen.host_id
    return same_host and (row.starts_at, row.ends_at) == (seen.start, seen.end)


def put(row: CalendarBooking, **facts: Any) -> None:
    """Writes ``facts`` if nobody has changed the row's state since it was read; raises ``Overtaken``."""
    unchanged = CalendarBooking.objects.filter(pk=row.pk, state=row.state, uid=row.uid)
    if not unchanged.update(**facts):
        raise Overtaken
    for name, value in facts.items():
        setattr(row, name, value)


def put_absent(row: CalendarBooking, *, now: datetime) -> None:
    put(row, state=BookingState.ABSENT, settled_at=now)


def put_standing(row: CalendarBooking, seen: Seen, *, now: datetime) -> None:
    """It stands, as ``seen`` says."""
    put(
        row,
        state=BookingState.EXISTS,
        uid=seen.uid,
        starts_at=seen.start,
        ends_at=seen.end,
        calcom_user_id=seen.host_id or row.calcom_user_id,
        event_type_id=seen.event_type_id or row.event_type_id,
        settled_at=now,
        verified_at=now,
        missing_since=None,
        leaving=False,
        error_code="",
        error_detail="",
    )


def new_row(
    company: Company,
    seen: Seen,
    *,
    now: datetime,
    appointment: Appointment | None,
    old: CalendarBooking | None = None,
) -> CalendarBooking:
    """Of a booking that we did not make. Without an appointment: the trace of one that is gone."""
    stands = appointment is not None
    return CalendarBooking.objects.create(
        company=company,
        appointment=appointment,
        position=old.position if old else 1,
        generation=next_generation(appointment.pk) if appointment else 0,
        reference=seen.reference[:60],
        state=BookingState.EXISTS if stands else BookingState.ABSENT,
        origin=Origin.FOREIGN,
        moved_from=old,
        calcom_user_id=seen.host_id,
        event_type_id=seen.event_type_id,
        starts_at=seen.start,
        ends_at=seen.end,
        uid=seen.uid,
        created_at=now,
        settled_at=now,
        verified_at=now if stands else None,
    )
