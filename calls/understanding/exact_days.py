"""Days that name one date: relative days, days of a month, n-th weekdays, feasts.

Functions raise ValueError for a date no calendar has.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from calls.understanding.day_finding import INVALID, DayFinding, ask, days_in, month_ahead, unless_far
from calls.understanding.feasts import FEASTS
from calls.understanding.items import Feast, Item, MonthDay, NthWeekday, RelativeDay, Span
from calls.understanding.spans import days_of

_LONGEST_WAIT_FOR_LEAP_DAY = 9
_CUT_OFF_MONTHS = (10, 11, 12)


def exact_day(item: Item, spans: Sequence[Span], *, today: dt.date) -> DayFinding:
    """The date one item means, within `spans` where a period was said too."""
    match item:
        case RelativeDay(offset=offset):
            return DayFinding(date=today + dt.timedelta(days=offset))
        case MonthDay(month=None, day=day):
            return _day_without_month(day, spans, today)
        case MonthDay(day=day, month=int(month)):
            return _month_day(item, day, month, spans, today)
        case NthWeekday():
            return _nth_weekday(item, today)
        case Feast(name=name):
            return _feast(name, today)
    return DayFinding(question="which_day")


def _day_without_month(day: int, spans: Sequence[Span], today: dt.date) -> DayFinding:
    """The next such day from today; a month that lacks it is skipped. With a period: the day in it."""
    if not 1 <= day <= 31:
        return INVALID
    period = next((span for span in spans if span.kind in ("week", "weekend", "month")), None)
    if period:
        found = [date for date in days_of(period, today) if date.day == day]
        if len(found) == 1 and (found[0] >= today or period.choice):
            return DayFinding(date=found[0])
        return ask("which_day" if found else "two_dates", found, today=today)
    date = today
    while date.day != day:
        date += dt.timedelta(days=1)
    return DayFinding(date=date)


def _month_day(item: MonthDay, day: int, month: int, spans: Sequence[Span], today: dt.date) -> DayFinding:
    if item.swapped:
        return _slashed(item, day, month, spans, today)
    year = item.year
    if year is None:
        year = next((today.year + s.ahead for s in spans if s.kind == "year" and s.ahead is not None), None)
    if year is not None:
        return DayFinding(date=dt.date(year, month, day))
    date = next_day_of_year(today, month, day)
    if item.clipped:
        sooner = [other for m in _CUT_OFF_MONTHS if (other := next_day_of_year(today, m, day)) < date]
        if sooner:
            return ask("which_day", [date, *sooner], today=today)
    return unless_far(date, today=today)


def _slashed(item: MonthDay, day: int, month: int, spans: Sequence[Span], today: dt.date) -> DayFinding:
    """As in "05/12": day and month may stand either way round; "14/11" cannot."""
    as_written = replace(item, swapped=False)
    if day > 12:
        return _month_day(as_written, day, month, spans, today)
    if month > 31:
        return INVALID
    readings = [_month_day(as_written, month, day, spans, today)]
    if month <= 12:
        readings.append(_month_day(as_written, day, month, spans, today))
    return ask("which_day", (reading.date for reading in readings if reading.date), today=today)


def next_day_of_year(today: dt.date, month: int, day: int) -> dt.date:
    """The next such day from today; 29 February waits for its leap year."""
    if not 1 <= month <= 12 or not 1 <= day <= days_in(2000, month):
        raise ValueError(f"no day {day}.{month}.")
    for year in range(today.year, today.year + _LONGEST_WAIT_FOR_LEAP_DAY):
        if day <= days_in(year, month) and (date := dt.date(year, month, day)) >= today:
            return date
    raise ValueError(f"no day {day}.{month}.")


def _nth_weekday(item: NthWeekday, today: dt.date) -> DayFinding:
    """As in "zweiter Dienstag im März": of the next March in which it is not over."""
    first = (item.month - today.month) % 12 if item.month else item.months or 0
    for ahead in (first, first + 12) if item.month else (first,):
        year, month = month_ahead(today, ahead)
        dates = [dt.date(year, month, day + 1) for day in range(days_in(year, month))]
        days = [date for date in dates if date.weekday() == item.day]
        if abs(item.nth) > len(days):
            return INVALID
        date = days[item.nth - 1 if item.nth > 0 else item.nth]
        if date >= today:
            return unless_far(date, today=today)
    return DayFinding(question="day_is_over")


def _feast(name: str, today: dt.date) -> DayFinding:
    """A feast of one day is its date; of several days, its days are candidates."""
    for year in (today.year, today.year + 1):
        dates = FEASTS[name](year)
        ahead = [date for date in dates if date >= today]
        if ahead:
            return (
                unless_far(ahead[0], today=today) if len(dates) == 1 else ask("which_day", ahead, today=today)
            )
    return DayFinding(question="which_day")
