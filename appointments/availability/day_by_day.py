"""Free starts day by day, for whoever soon has enough: a fortnight of forty stylists is a long list."""

from collections.abc import Sequence
from datetime import date, datetime

from appointments.availability.snapshot import Snapshot, StaffTime
from appointments.availability.solver import StartRange, free_ranges, starts_on


class DayByDay:
    """What ``free_starts_of`` gives for a snapshot, found only as far as somebody looks, and only once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._ranges: dict[int, list[StartRange]] = {}
        self._starts: dict[tuple[int, date], Sequence[datetime]] = {}

    def starts(self, time: StaffTime, day: date) -> Sequence[datetime]:
        """Of one stylist on one of the snapshot's days, ascending."""
        key = (time.staff.pk, day)
        if key not in self._starts:
            self._starts[key] = tuple(starts_on(day, self._ranges_of(time), self.snapshot))
        return self._starts[key]

    def _ranges_of(self, time: StaffTime) -> list[StartRange]:
        if time.staff.pk not in self._ranges:
            self._ranges[time.staff.pk] = free_ranges(time, self.snapshot)
        return self._ranges[time.staff.pk]
