"""Invariant I2 at rest: one solver. What is asked, what is listed and what can be booked are the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from appointments import availability, booking
from appointments.models import Allocation, Service, Staff
from appointments.models.appointment import Source
from tests.salons import BERLIN, at
from tests.whole.answers import BUSY, NOTICE
from tests.whole.stage import CLOCKS, DAYS, Stage

OPENS, CLOSES = "08:00", "20:00"
LENGTH = {"Herrenhaarschnitt": 55, "Dauerwelle": 135}
GRID = timedelta(minutes=5)
# So many of the places are really booked, and that is taken back; so many are asked about.
TRIED, ASKED = 1, 3


def disagreements(stage: Stage) -> list[str]:
    now = stage.now
    # Not on the very second: what is listed and what is asked have to mean the same instant.
    return [f"I2: {each}" for each in _disagreements(stage, now)]


def _disagreements(stage: Stage, now: datetime) -> Iterator[str]:
    salon = stage.salon
    for service in (salon.cut, salon.perm):
        for staff in (salon.emma, salon.jonas):
            request = salon.request(service, staff, now=now)
            slots = availability.free_starts(request, first=DAYS[0], last=DAYS[-1])
            listed = {slot.start for slot in slots}
            expected = set(_free(staff, service, now))
            if listed != expected:
                yield f"{service}, {staff}: listed too much {_text(listed - expected)}, too little {_text(expected - listed)}"
            for number, place in enumerate(_sample(stage)):
                start = at(*place)
                if availability.check(request, start=start).is_free != (start in listed):
                    yield f"{service}, {staff} at {start}: asked otherwise than listed"
                if number < TRIED and _can_be_booked(stage, service, staff, start) != (start in listed):
                    yield f"{service}, {staff} at {start}: listed {start in listed}, but booked otherwise"


def _sample(stage: Stage) -> list[tuple[object, str]]:
    """Some of the places, others for each sequence, the same whenever it is repeated."""
    places = [(day, clock) for day in DAYS for clock in CLOCKS]
    first = len(stage.journal.entries) % len(places)
    return [*places[first:], *places[:first]][:ASKED]


def _free(staff: Staff, service: Service, now: datetime) -> Iterator[datetime]:
    rows = Allocation.objects.filter(staff=staff)
    rows = rows.filter(Q(reservation__isnull=True) | Q(reservation__expires_at__gt=now))
    taken = [(row.during.lower, row.during.upper) for row in rows]
    for day in DAYS:
        start, last = at(day, OPENS), at(day, CLOSES) - timedelta(minutes=LENGTH[service.name])
        while start <= last:
            spans = [
                (start + timedelta(minutes=a), start + timedelta(minutes=b)) for a, b in BUSY[service.name]
            ]
            if start >= now + NOTICE and not any(a < d and c < b for a, b in spans for c, d in taken):
                yield start
            start += GRID


def _can_be_booked(stage: Stage, service: Service, staff: Staff, start: datetime) -> bool:
    request = stage.salon.request(service, staff, now=stage.now)
    try:
        with transaction.atomic():
            booking.book(request, start=start, visit=booking.Visit(source=Source.STAFF))
            transaction.set_rollback(True)
    except booking.BookingError:
        return False
    return True


def _text(starts: set[datetime]) -> list[str]:
    return [f"{start.astimezone(BERLIN):%a %H:%M}" for start in sorted(starts)]
