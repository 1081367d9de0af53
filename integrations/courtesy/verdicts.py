"""What a list of slots says about one start. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum, auto


class Verdict(Enum):
    FREE = auto()
    TAKEN = auto()
    UNKNOWN = auto()


def verdict(start: datetime, slots: Collection[datetime], interval: int | None) -> Verdict:
    """Absent means taken only on the event type's own grid: between its starts Cal.com has no opinion
    until it is asked to book.

    ``slots``: the open starts of the local day of ``start``; ``interval``: minutes between two of them,
    None if unknown. A day without any slot shows no grid either.
    """
    if start in slots:
        return Verdict.FREE
    if interval is None:
        return Verdict.UNKNOWN
    step = timedelta(minutes=interval)
    on_grid = any((start - slot) % step == timedelta(0) for slot in slots)
    return Verdict.TAKEN if on_grid else Verdict.UNKNOWN
