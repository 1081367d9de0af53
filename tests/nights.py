"""The nights on which a clock does what people do not expect; ``day`` is the local day that it makes odd."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from tests.salons import BERLIN

NIGHTS = {
    "spring": date(2026, 3, 29),  # 02:00 becomes 03:00
    "autumn": date(2026, 10, 25),  # 03:00 becomes 02:00
    "new year": date(2027, 1, 1),
    "leap day": date(2028, 2, 29),
}


def hours_from(start: datetime, hours: float, *, minutes: int) -> Iterator[datetime]:
    """Instants every so many minutes, as a clock that nobody touches shows them."""
    step = timedelta(minutes=minutes)
    for number in range(int(timedelta(hours=hours) / step)):
        yield start + number * step


def noon_before(day: date, *, days: int = 1) -> datetime:
    local = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN) - timedelta(days=days)
    return local.astimezone(UTC)
