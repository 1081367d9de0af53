"""Who is in the way of many appointments at once: read in one statement, decided in memory.

The same words as the ledger's: half-open stretches of one stylist's time. Besides the ledger it looks at
what has taken place: that takes no time any more, but two customers at once in old data are a finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from appointments.rules.periods import Period

# The key of a customer, or of a name without one, with whoever comes instead.
Who = tuple[object, ...]


class Claim(NamedTuple):
    """Somebody's stretch of time: an appointment's, that of an earlier row of the same file, or that of a
    reservation. ``is_over``: it has taken place and is not in the ledger any more.
    """

    who: Who = ()
    appointment_id: int | None = None
    row: int | None = None
    reservation_id: int | None = None
    is_over: bool = False


class Wanted(NamedTuple):
    staff_id: int
    period: Period


class Taken:
    """Claims by stylist and day. ``staff`` is any key that is theirs alone."""

    def __init__(self) -> None:
        self._days: dict[tuple[object, int], list[tuple[Period, Claim]]] = defaultdict(list)

    def add(self, staff: object, periods: Iterable[Period], claim: Claim) -> None:
        for period in periods:
            for day in _days(period):
                self._days[staff, day].append((period, claim))

    def in_the_way(self, staff: object, periods: Iterable[Period]) -> list[Claim]:
        """Each once, in the order in which they were added."""
        return list(
            dict.fromkeys(
                claim
                for period in periods
                for day in _days(period)
                for taken, claim in self._days.get((staff, day), ())
                if taken.overlaps(period)
            )
        )


def _days(period: Period) -> Iterator[int]:
    first = period.start.toordinal()
    return iter(range(first, period.end.toordinal() + 1))


LEDGER = """
SELECT DISTINCT allocation.staff_id, lower(allocation.during), upper(allocation.during),
       allocation.appointment_id, appointment.customer_id, appointment.attendee_name,
       allocation.reservation_id
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS wanted (staff_id, starts_at, ends_at)
JOIN appointments_allocation allocation
  ON int8range(allocation.staff_id, allocation.staff_id, '[]')
     && int8range(wanted.staff_id, wanted.staff_id, '[]')
 AND allocation.during && tstzrange(wanted.starts_at, wanted.ends_at)
LEFT JOIN appointments_appointment appointment ON appointment.id = allocation.appointment_id
"""
OVER = """
SELECT DISTINCT appointment.staff_id, phase.starts_at, phase.ends_at, appointment.id,
       appointment.customer_id, appointment.attendee_name, NULL::bigint
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS wanted (staff_id, starts_at, ends_at)
JOIN appointments_appointment appointment
  ON appointment.staff_id = wanted.staff_id AND appointment.status = 'completed'
 AND appointment.starts_at < wanted.ends_at AND appointment.starts_at > wanted.starts_at - interval '1 day'
JOIN appointments_appointmentphase phase
  ON phase.appointment_id = appointment.id AND phase.busy
 AND phase.starts_at < wanted.ends_at AND phase.ends_at > wanted.starts_at
"""


def who(customer_id: int | None, name: str) -> Who:
    return (customer_id, name.casefold())


def ledger_at(wanted: Sequence[Wanted]) -> list[tuple[Wanted, Claim]]:
    """What the ledger holds where these want to go, reservations included. One query."""
    return _read(LEDGER, wanted, is_over=False)


def over_at(wanted: Sequence[Wanted]) -> list[tuple[Wanted, Claim]]:
    """What has taken place there. One query."""
    return _read(OVER, wanted, is_over=True)


def _read(statement: str, wanted: Sequence[Wanted], *, is_over: bool) -> list[tuple[Wanted, Claim]]:
    if not wanted:
        return []
    columns: list[Any] = [
        [one.staff_id for one in wanted],
        [one.period.start for one in wanted],
        [one.period.end for one in wanted],
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, columns)
        rows = cursor.fetchall()
    return [
        (
            Wanted(staff_id, Period(start, end)),
            Claim(
                who=who(customer_id, name or "") if appointment_id else (),
                appointment_id=appointment_id,
                reservation_id=reservation_id,
                is_over=is_over,
            ),
        )
        for staff_id, start, end, appointment_id, customer_id, name, reservation_id in sorted(
            rows, key=lambda row: (row[1], row[3] or 0)
        )
    ]
