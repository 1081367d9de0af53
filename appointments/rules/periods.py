"""Half-open periods of time ``[start, end)`` and the few operations the solver needs.

All instants are aware and in UTC: the difference of two Berlin times is an hour wrong on the
day the clocks change (trap 5, incidents A20-A22).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple


class Period(NamedTuple):
    """``start <= t < end``. Back to back is not an overlap (incident C12)."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Period") -> bool:
        return self.start < other.end and other.start < self.end


def merge(periods: Iterable[Period]) -> list[Period]:
    """The union, sorted; periods that touch become one (a shift over midnight is one shift)."""
    merged: list[Period] = []
    for period in sorted(periods):
        if period.end <= period.start:
            continue
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def subtract(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """What is left of ``periods`` outside of ``taken``, sorted."""
    holes = merge(taken)
    return [rest for period in merge(periods) for rest in _without(period, holes)]


def _without(period: Period, holes: list[Period]) -> Iterator[Period]:
    start = period.start
    for hole in holes:
        if hole.end <= start:
            continue
        if hole.start >= period.end:
            break
        if hole.start > start:
            yield Period(start, hole.start)
        start = hole.end
    if start < period.end:
        yield Period(start, period.end)


def intersect(left: Iterable[Period], right: Iterable[Period]) -> list[Period]:
    """What lies in both, sorted."""
    others = merge(right)
    return [
        Period(max(one.start, other.start), min(one.end, other.end))
        for one in merge(left)
        for other in others
        if one.overlaps(other)
    ]
