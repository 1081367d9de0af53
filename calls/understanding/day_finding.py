"""What a rule about days finds: a date, or candidates and a question."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

FAR_DAYS = 330
"""A date without a year more days off than this is asked back (A23)."""
WEEK = dt.timedelta(days=7)
_FEW = 5


@dataclass(frozen=True, slots=True)
class DayFinding:
    """A date, or candidates with a question. `invalid`: no calendar has that day.

    `or_today`: a weekday said on that weekday; the clock time decides between the candidates.
    `unsaid`: no word was about a day.
    """

    date: dt.date | None = None
    candidates: tuple[dt.date, ...] = ()
    question: str | None = None
    invalid: bool = False
    or_today: bool = False
    unsaid: bool = False


INVALID = DayFinding(question="invalid_date", invalid=True)


def ask(question: str, dates: Iterable[dt.date] = (), *, today: dt.date) -> DayFinding:
    """A question with the candidates that are not over, if they are few enough to be spoken."""
    candidates = tuple(sorted({date for date in dates if date >= today}))
    return DayFinding(candidates=candidates if len(candidates) <= _FEW else (), question=question)


def unless_far(date: dt.date, *, today: dt.date) -> DayFinding:
    """A date without a year: most of a year ahead it is asked back, for it may be just past (A2, A23)."""
    return ask("far_date", [date], today=today) if (date - today).days > FAR_DAYS else DayFinding(date=date)


def month_ahead(today: dt.date, months: int) -> tuple[int, int]:
    """Year and month that many months after this one."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return year, month + 1


def days_in(year: int, month: int) -> int:
    """Number of days of a month."""
    return calendar.monthrange(year, month)[1]
