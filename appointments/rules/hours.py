"""Wall-clock hours to instants, and the grid of possible starts. Right on both DST days."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from appointments.rules.periods import Period, merge

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def days_between(first: date, last: date) -> list[date]:
    """Both ends included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def midnight(day: date, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """The start of a local day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone, fold=fold).astimezone(UTC)


def instant(day: date, minute: int, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """A wall-clock minute (0 to 1440) of a local day, in UTC.

    ``fold`` decides the hour that comes twice in autumn, as PEP 495 says.
    """
    wall = datetime(day.year, day.month, day.day) + minute * MINUTE  # noqa: DTZ001 - a wall clock has no zone
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def open_periods(day: date, minutes: Iterable[tuple[int, int]], zone: ZoneInfo) -> list[Period]:
    """Opening hours of a local day in UTC.

    In the doubled hour of autumn the hours are taken at their longest, in the missing hour of
    spring at their shortest, so nothing is offered at a time that the clock never shows.
    """
    return merge(
        Period(instant(day, opens, zone, fold=0), instant(day, closes, zone, fold=1))
        for opens, closes in minutes
    )


def is_on_grid(start: datetime, slot_minutes: int, zone: ZoneInfo) -> bool:
    """Starts lie on whole multiples of ``slot_minutes`` since local midnight, by the wall clock."""
    local = start.astimezone(zone)
    if local.second or local.microsecond:
        return False
    return (local.hour * 60 + local.minute) % slot_minutes == 0


@lru_cache(maxsize=2048)
def grid(day: date, slot_minutes: int, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every start of a local day on the grid, in UTC, ascending. Pure, hence cached.

    A start that comes twice in autumn is listed twice, one that never comes in spring not at all.
    """
    first, after = midnight(day, zone), midnight(day + DAY, zone)
    if after - first == DAY:
        return tuple(first + minute * MINUTE for minute in range(0, 24 * 60, slot_minutes))
    minutes = int((after - first) / MINUTE)
    every = (first + minute * MINUTE for minute in range(minutes))
    return tuple(start for start in every if is_on_grid(start, slot_minutes, zone))


def starts_on_grid(days: Iterable[date], slot_minutes: int, zone: ZoneInfo) -> Iterator[datetime]:
    for day in days:
        yield from grid(day, slot_minutes, zone)
