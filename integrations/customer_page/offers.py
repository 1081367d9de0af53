"""The free starts a customer may move to, by the same solver as the phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from appointments.availability import Request, Slot, free_starts
from appointments.models import Appointment

DAYS_SHOWN = 7
_STEP_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Day:
    """A local day of the branch with the starts that are free then, as instants in its zone."""

    date: date
    starts: tuple[datetime, ...]


def request_for(appointment: Appointment, *, now: datetime) -> Request:
    """Like the caller's: own stylist, own service, and the own time does not stand in the way."""
    return Request(
        branch=appointment.branch,
        service=appointment.service,
        staff=appointment.staff,
        now=now,
        appointment_id=appointment.pk,
    )


def days_from(appointment: Appointment, first: date, *, now: datetime) -> list[Day]:
    """A week from ``first``; days without a free start are left out."""
    slots = free_starts(
        request_for(appointment, now=now), first=first, last=first + timedelta(days=DAYS_SHOWN - 1)
    )
    zone = appointment.branch.zone
    local = (slot.start.astimezone(zone) for slot in slots if slot.start != appointment.starts_at)
    return [Day(day, tuple(_few(starts))) for day, starts in groupby(local, key=datetime.date)]


def _few(starts: Iterator[datetime]) -> Iterator[datetime]:
    """Every quarter of an hour is choice enough; of a day with none on the quarter, what there is."""
    free = list(starts)
    on_quarter = [start for start in free if start.minute % _STEP_MINUTES == 0]
    yield from on_quarter or free


__all__ = ["DAYS_SHOWN", "Day", "Slot", "days_from", "request_for"]
