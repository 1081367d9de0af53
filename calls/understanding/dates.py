"""Which day is meant: one date, or the few it can be and the question to ask."""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from calls.understanding.feasts import FEASTS
from calls.understanding.items import (
    DAYS,
    Distance,
    Feast,
    Item,
    MonthDay,
    NthWeekday,
    RelativeDay,
    Span,
    Weekday,
)
from calls.understanding.spans import days_of, weekend_candidates

FAR_DAYS = 330
"""A date without a year more days off than this is asked back (A23)."""
WEEK = dt.timedelta(days=7)
_FEW = 5


@dataclass(frozen=True, slots=True)
class DayFinding:
    """A date, or candidates with a question. `invalid`: no calendar has that day.

    `or_today`: a weekday said on that weekday; the clock time decides between the candidates.
    """

    date: dt.date | None = None
    candidates: tuple[dt.date, ...] = ()
    question: str | None = None
    invalid: bool = False
    or_today: bool = False


def ask(question: str, dates: Iterable[dt.date] = (), *, today: dt.date) -> DayFinding:
    """A question with the candidates that are not over, few enough to be spoken."""
    candidates = tuple(sorted({date for date in dates if date >= today}))
    return DayFinding(candidates=candidates if len(candidates) <= _FEW else (), question=question)


def find_day(items: Sequence[Item], *, today: dt.date) -> DayFinding:
    """The day all `items` together mean; they are the day items and spans of one wish."""
    try:
        return _find_day(items, today)
    except (ValueError, OverflowError):  # a day no month has, a year no calendar has
        return DayFinding(question="invalid_date", invalid=True)


def _find_day(items: Sequence[Item], today: dt.date) -> DayFinding:
    weekdays = [item for item in items if isinstance(item, Weekday)]
    spans = [item for item in items if isinstance(item, Span)]
    days = [item for item in items if isinstance(item, DAYS) and not isinstance(item, Weekday)]
    days, spans = _with_period(days, spans)
    distances = [item for item in days if isinstance(item, Distance)]
    if distances:
        return _distance(distances[0], days, weekdays, today)
    if days:
        return _exact(days, weekdays, spans, today)
    if len({(item.day, item.choice) for item in weekdays}) > 1 and len({item.day for item in weekdays}) > 1:
        return ask("two_dates", (next_weekday(today, item.day) for item in weekdays), today=today)
    if weekdays and spans:
        return _weekday_in_span(weekdays[0], spans, today)
    if weekdays:
        return _weekday(max(weekdays, key=lambda item: bool(item.choice)), today)
    if spans:
        return _span_alone(spans, today)
    return DayFinding(question="which_day")


def _with_period(days: list[Item], spans: list[Span]) -> tuple[list[Item], list[Span]]:
    """A month or year said apart belongs to the day: "im Dezember am zwölften", "5. Januar nächsten Jahres"."""
    months = [s for s in spans if s.kind == "month" and s.number and not s.part]
    years = [s for s in spans if s.kind == "year"]
    filled: list[Item] = []
    for item in days:
        if isinstance(item, MonthDay) and item.month is None and months:
            item = replace(item, month=months[0].number)
        filled.append(item)
    has_plain_day = any(isinstance(item, MonthDay) for item in days)
    if has_plain_day:
        spans = [s for s in spans if s not in months or _contradicts_month(s, filled)]
    numbered = [s.number for s in years if s.number]
    if numbered and has_plain_day:
        filled = [
            replace(d, year=numbered[0]) if isinstance(d, MonthDay) and d.year is None else d for d in filled
        ]
        spans = [s for s in spans if s not in years]
    return filled, spans


def _contradicts_month(span: Span, days: Sequence[Item]) -> bool:
    return any(isinstance(item, MonthDay) and item.month != span.number for item in days)


def _exact(
    days: Sequence[Item], weekdays: Sequence[Weekday], spans: Sequence[Span], today: dt.date
) -> DayFinding:
    findings = [_single(item, spans, today) for item in days]
    unsettled = next((finding for finding in findings if finding.date is None), None)
    if unsettled is not None:
        return unsettled
    dates = {finding.date for finding in findings if finding.date}
    if len(dates) > 1:
        return ask("two_dates", dates, today=today)
    (date,) = dates
    if any(item.day != date.weekday() for item in weekdays):
        others = (next_weekday(today, item.day) for item in weekdays if item.day != date.weekday())
        return ask("weekday_contradicts_date", (date, *others), today=today)
    if any(date not in days_of(span, today) for span in spans):
        return ask("two_dates", [date], today=today)
    return DayFinding(date=date)


def _single(item: Item, spans: Sequence[Span], today: dt.date) -> DayFinding:
    match item:
        case RelativeDay(offset=offset):
            return DayFinding(date=today + dt.timedelta(days=offset))
        case MonthDay(month=None, day=day):
            return _day_without_month(day, spans, today)
        case MonthDay():
            return _month_day(item, spans, today)
        case NthWeekday():
            return _nth_weekday(item, today)
        case Feast(name=name):
            return _feast(name, today)
    return DayFinding(question="which_day")


def _day_without_month(day: int, spans: Sequence[Span], today: dt.date) -> DayFinding:
    """The next such day from today; a month that lacks it is skipped. With a period: the day in it."""
    if not 1 <= day <= 31:
        return DayFinding(question="invalid_date", invalid=True)
    period = [s for s in spans if s.kind in ("week", "weekend", "month")]
    if period:
        found = [date for date in days_of(period[0], today) if date.day == day]
        if len(found) == 1 and (found[0] >= today or period[0].choice):
            return DayFinding(date=found[0])
        return ask("two_dates" if not found else "which_day", found, today=today)
    date = today
    while date.day != day:
        date += dt.timedelta(days=1)
    return DayFinding(date=date)


def _month_day(item: MonthDay, spans: Sequence[Span], today: dt.date) -> DayFinding:
    assert item.month is not None
    year = item.year
    if year is None:
        year = next((today.year + s.ahead for s in spans if s.kind == "year" and s.ahead is not None), None)
    if item.swapped and item.day <= 12 and item.month <= 12:
        readings = (
            replace(item, swapped=False),
            replace(item, day=item.month, month=item.day, swapped=False),
        )
        return ask("which_day", (d for r in readings if (d := _month_day(r, spans, today).date)), today=today)
    if item.swapped and item.month > 12 >= item.day:
        return ask("which_day", [dt.date(year or today.year, item.day, item.month)], today=today)
    if year is not None:
        return DayFinding(date=dt.date(year, item.month, item.day))
    date = next_day_of_year(today, item.month, item.day)
    if item.clipped:
        cut_off = [next_day_of_year(today, month, item.day) for month in (10, 11, 12)]
        if any(other < date for other in cut_off):
            return ask("which_day", (date, *(other for other in cut_off if other < date)), today=today)
    if (date - today).days > FAR_DAYS:
        return ask("far_date", [date], today=today)
    return DayFinding(date=date)


def next_day_of_year(today: dt.date, month: int, day: int) -> dt.date:
    """The next such day from today; 29 February waits for its leap year. ValueError: no year has it."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2000, month)[1]:
        raise ValueError(f"no day {day}.{month}.")
    for year in range(today.year, today.year + 9):
        if day <= calendar.monthrange(year, month)[1] and (date := dt.date(year, month, day)) >= today:
            return date
    raise ValueError(f"no day {day}.{month}.")


def _nth_weekday(item: NthWeekday, today: dt.date) -> DayFinding:
    months = [item.month - today.month] if item.month else [item.months or 0]
    if item.month:
        months = [months[0] % 12, months[0] % 12 + 12]
    for ahead in months:
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        days = [d for d in _month(year, month + 1) if d.weekday() == item.day]
        if abs(item.nth) > len(days):
            return DayFinding(question="invalid_date", invalid=True)
        date = days[item.nth - 1 if item.nth > 0 else item.nth]
        if date < today and not item.month:
            return ask("which_day", [], today=today)
        if date >= today:
            return (
                ask("far_date", [date], today=today)
                if (date - today).days > FAR_DAYS
                else DayFinding(date=date)
            )
    return DayFinding(question="which_day")


def _month(year: int, month: int) -> Iterator[dt.date]:
    return (dt.date(year, month, day + 1) for day in range(calendar.monthrange(year, month)[1]))


def _feast(name: str, today: dt.date) -> DayFinding:
    """A feast of one day is its date; of several days, its days are candidates."""
    for year in (today.year, today.year + 1):
        dates = [date for date in FEASTS[name](year) if date >= today]
        if dates and len(FEASTS[name](year)) > 1:
            return ask("which_day", dates, today=today)
        if dates:
            far = (dates[0] - today).days > FAR_DAYS
            return ask("far_date", dates, today=today) if far else DayFinding(date=dates[0])
    return DayFinding(question="which_day")


def next_weekday(today: dt.date, day: int) -> dt.date:
    """The first such weekday from today, today included."""
    return today + dt.timedelta(days=(day - today.weekday()) % 7)


def _after_today(today: dt.date, day: int) -> dt.date:
    return next_weekday(today + dt.timedelta(days=1), day)


def _monday(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def _weekday(item: Weekday, today: dt.date) -> DayFinding:
    first, after = next_weekday(today, item.day), _after_today(today, item.day)
    in_this_week = _monday(after) == _monday(today)
    match item.choice:
        case "this":
            return DayFinding(date=first)
        case "coming":
            return DayFinding(date=after)
        case "next":
            return (
                ask("which_week", [after, after + WEEK], today=today)
                if in_this_week
                else DayFinding(date=after)
            )
        case "after_next":
            second = after + WEEK
            return (
                ask("which_week", [second, second + WEEK], today=today)
                if in_this_week
                else DayFinding(date=second)
            )
        case "last":
            return DayFinding(
                date=_after_today(today, item.day) - 2 * WEEK if first == today else after - WEEK
            )
        case "each":
            return ask("which_day", [after], today=today)
    if item.near is not None:
        return _weekday_near(item, item.near, today)
    if first == today:
        finding = ask("which_week", [today, today + WEEK], today=today)
        return replace(finding, or_today=True)
    return DayFinding(date=first)


def _weekday_near(item: Weekday, old: MonthDay | RelativeDay, today: dt.date) -> DayFinding:
    """ "am 24., nein, am Dienstag": the next Tuesday, or that of the week just spoken of; if they differ, ask."""
    before = _single(old, (), today).date
    plain = _weekday(replace(item, near=None), today)
    if before is None or plain.date is None:
        return plain
    same_week = _monday(before) + dt.timedelta(days=item.day)
    if same_week >= today and same_week != plain.date:
        return ask("which_week", [plain.date, same_week], today=today)
    return plain


def _weekday_in_span(item: Weekday, spans: Sequence[Span], today: dt.date) -> DayFinding:
    """ "nächste Woche Dienstag" is Tuesday of the following ISO week, whatever today is (A5, A6)."""
    dates = [
        date for date in days_of(spans[0], today)
        if date.weekday() == item.day and all(date in days_of(span, today) for span in spans[1:])
    ]  # fmt: skip
    if item.choice not in ("", "each"):
        own = _weekday(item, today)
        if (own.date is not None and own.date not in dates) or (
            own.date is None and not set(own.candidates) & set(dates)
        ):
            return ask("two_dates", (*dates, *own.candidates, *([own.date] if own.date else [])), today=today)
    if len(dates) == 1 and dates[0] >= today:
        return DayFinding(date=dates[0])
    if len(dates) == 1:  # a day of this week that is over
        return ask("day_is_over", [next_weekday(today, item.day)], today=today)
    return ask("which_day", dates, today=today)


def _span_alone(spans: Sequence[Span], today: dt.date) -> DayFinding:
    span = spans[0]
    if span.kind == "weekend":
        return ask("which_day", weekend_candidates(span, today), today=today)
    return ask("which_day", days_of(span, today) if span.part else (), today=today)


def _distance(
    item: Distance, days: Sequence[Item], weekdays: Sequence[Weekday], today: dt.date
) -> DayFinding:
    """ "in drei Wochen" counts from today; "Freitag in zwei Wochen" where both readings agree."""
    others = [day for day in days if day != item]
    start = today
    if len(others) == 1 and isinstance(others[0], RelativeDay):
        start = today + dt.timedelta(days=others[0].offset)
    elif others:
        return ask("two_dates", (), today=today)
    if item.unit in ("month", "year"):
        return ask(
            "which_day", [_months_later(start, item.amount * (12 if item.unit == "year" else 1))], today=today
        )
    date = start + dt.timedelta(days=item.amount * (7 if item.unit == "week" else 1))
    if item.vague:
        return ask("which_day", [date], today=today)
    if not weekdays:
        return DayFinding(date=date)
    return _weekday_at_distance(item, weekdays, date, today)


def _weekday_at_distance(
    item: Distance, weekdays: Sequence[Weekday], date: dt.date, today: dt.date
) -> DayFinding:
    day = weekdays[0].day
    if len({weekday.day for weekday in weekdays}) > 1:
        return ask("two_dates", (), today=today)
    if item.unit == "day" and item.amount % 7:
        question = "which_day" if item.amount == 8 else "weekday_contradicts_date"
        if date.weekday() == day:
            return DayFinding(date=date)
        return ask(question, [next_weekday(today, day) + item.amount // 7 * WEEK, date], today=today)
    weeks = item.amount if item.unit == "week" else item.amount // 7
    in_nth_week = _monday(today) + weeks * WEEK + dt.timedelta(days=day)
    after_next = _after_today(today, day) + weeks * WEEK
    if in_nth_week == after_next:
        return DayFinding(date=after_next)
    return ask("which_week", [in_nth_week, after_next], today=today)


def _months_later(date: dt.date, months: int) -> dt.date:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))
