"""The nights that are lived through, in their order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(year: int, month: int, day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@dataclass(frozen=True)
class Night:
    """``hours`` that pass; after ``back_after`` of them the clock is set back by one. ``small_hours``: two
    o'clock and half past three are among them.
    """

    name: str
    begins: datetime
    hours: float
    small_hours: bool = True
    back_after: float | None = None

    @property
    def lasts(self) -> timedelta:
        return timedelta(hours=self.hours)


NIGHTS = (
    Night("spring: 2:00 becomes 3:00", berlin(2026, 3, 29, "01:40"), 1.1),
    Night("autumn: 3:00 becomes 2:00", berlin(2026, 10, 25, "01:40"), 3.1),
    Night("New Year's Eve", berlin(2026, 12, 31, "23:45"), 0.5, small_hours=False),
    Night("New Year's morning", berlin(2027, 1, 1, "01:50"), 2.0),
    Night("a clock set back at 3:45", berlin(2027, 1, 20, "01:50"), 3.2, back_after=1.92),
    Night("28 to 29 February", berlin(2028, 2, 28, "23:45"), 0.5, small_hours=False),
    Night("29 February's morning", berlin(2028, 2, 29, "01:50"), 2.0),
)
