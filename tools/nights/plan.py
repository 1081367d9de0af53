"""The nights that are lived through, in their order."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
# A daily schedule of a person's own, at half past two: the time that is skipped, and that comes twice.
OWN = "builtins.len"


@dataclass(frozen=True)
class Window:
    """So many minutes; between windows the clock is put forward, as if the machine had slept.

    ``back``: it begins by setting the clock back by an hour instead.
    """

    begins: datetime
    minutes: int
    back: bool = False


@dataclass(frozen=True)
class Night:
    """``day``: the local day that is odd. ``report_due``: its two o'clock, or what comes in its place."""

    name: str
    windows: tuple[Window, ...]
    report_due: datetime

    @property
    def day(self) -> date:
        return self.windows[-1].begins.date()

    @property
    def job_due(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 3, 30, tzinfo=BERLIN)

    @property
    def hours(self) -> float:
        return sum(window.minutes for window in self.windows) / 60

    @property
    def has_back(self) -> bool:
        return any(window.back for window in self.windows)

    @property
    def noon_before(self) -> datetime:
        return (self.windows[0].begins - timedelta(hours=12)).replace(hour=12, minute=0)


def _at(year: int, month: int, day: int, clock: str, *, fold: int = 0) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, fold=fold, tzinfo=BERLIN)


def _small_hours(year: int, month: int, day: int) -> tuple[Window, Window]:
    """Two o'clock, then half past three."""
    return Window(_at(year, month, day, "01:55"), 11), Window(_at(year, month, day, "03:25"), 11)


_TWO, _HALF_PAST_THREE = _small_hours(2026, 10, 25)
_LATE = Window(_at(2027, 1, 20, "03:25"), 20)
NIGHTS = (
    Night(
        "29 March 2026: 2:00 becomes 3:00", _small_hours(2026, 3, 29), report_due=_at(2026, 3, 29, "03:00")
    ),
    Night(
        "25 October 2026: 3:00 becomes 2:00",
        (_TWO, Window(_at(2026, 10, 25, "02:50"), 15), _HALF_PAST_THREE),
        report_due=_at(2026, 10, 25, "02:00"),
    ),
    Night(
        "1 January 2027",
        (Window(_at(2026, 12, 31, "23:55"), 11), *_small_hours(2027, 1, 1)),
        report_due=_at(2027, 1, 1, "02:00"),
    ),
    Night(
        "20 January 2027: at 3:45 set back to 2:45",
        (
            _small_hours(2027, 1, 20)[0],
            _LATE,
            Window(_LATE.begins - timedelta(minutes=40), 11, back=True),
            _small_hours(2027, 1, 20)[1],
        ),
        report_due=_at(2027, 1, 20, "02:00"),
    ),
    Night(
        "29 February 2028",
        (Window(_at(2028, 2, 28, "23:55"), 11), *_small_hours(2028, 2, 29)),
        report_due=_at(2028, 2, 29, "02:00"),
    ),
)
