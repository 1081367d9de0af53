"""What a phrase is understood against: the moment of the call and the salon's days."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from calls.understanding.results import OpeningHours


@dataclass(frozen=True, slots=True)
class Frame:
    """`now` is aware, in the salon's zone. Minutes are minutes of the day."""

    now: dt.datetime
    hours: OpeningHours
    notice_minutes: int
    horizon_days: int

    @property
    def today(self) -> dt.date:
        return self.now.date()

    def instant(self, date: dt.date, minute: int) -> dt.datetime:
        """That minute of that day, in the salon's zone."""
        return dt.datetime.combine(date, as_time(minute), tzinfo=self.now.tzinfo)

    def can_start(self, minutes: Sequence[int]) -> bool:
        """Whether every one of today's minutes keeps the notice."""
        earliest = self.now + dt.timedelta(minutes=self.notice_minutes)
        return all(self.instant(self.today, minute) >= earliest for minute in minutes)

    def ahead(self, minutes: Sequence[int]) -> list[int]:
        """Today's minutes that are not over."""
        return [minute for minute in minutes if self.instant(self.today, minute) >= self.now]


def as_time(minute: int) -> dt.time:
    """Minute of the day as a clock time; 24:00 is not one."""
    return dt.time(minute // 60, minute % 60)
