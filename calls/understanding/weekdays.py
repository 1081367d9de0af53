"""Which of the many Tuesdays: bare, "diesen", "nächsten", of a week, in n weeks. One rule set (A5, A6)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from calls.understanding.day_finding import WEEK, DayFinding, ask, days_in, month_ahead
from calls.understanding.exact_days import exact_day
from calls.understanding.items import Distance, MonthDay, RelativeDay, Span, Weekday
from calls.understanding.spans import days_of

_IDIOMATIC_WEEK = 8  # "Freitag in acht Tagen" is a week later to most


def next_weekday(today: dt.date, day: int) -> dt.date:
    """The first such weekday from today, today included."""
    return today + dt.timedelta(days=(day - today.weekday()) % 7)


def after_today(today: dt.date, day: int) -> dt.date:
    """The first such weekday after today."""
    return next_weekday(today + dt.timedelta(days=1), day)


def monday(date: dt.date) -> dt.date:
    """Monday of a day's ISO week."""
    return date - dt.timedelta(days=date.weekday())


def weekday_alone(item: Weekday, *, today: dt.date) -> DayFinding:
    """A weekday without a date or a period."""
    first, after = next_weekday(today, item.day), after_today(today, item.day)
    if item.choice in ("next", "after_next"):
        date = after + WEEK if item.choice == "after_next" else after
        if monday(after) == monday(today):
            return ask("which_week", [date, date + WEEK], today=today)
        return DayFinding(date=date)
    if item.choice == "each":
        return ask("which_day", [after], today=today)
    if item.near is not None:
        return _near(item, item.near, today)
    if first == today and not item.choice:
        return replace(ask("which_week", [today, today + WEEK], today=today), or_today=True)
    by_choice = {"coming": after, "last": first - WEEK}
    return DayFinding(date=by_choice.get(item.choice, first))


def _near(item: Weekday, old: MonthDay | RelativeDay, today: dt.date) -> DayFinding:
    """As in "am 24., nein, am Dienstag": the next, or that of the week spoken of; if they differ, ask."""
    before = exact_day(old, (), today=today).date
    plain = weekday_alone(replace(item, near=None), today=today)
    if before is None or plain.date is None:
        return plain
    same_week = monday(before) + dt.timedelta(days=item.day)
    if same_week >= today and same_week != plain.date:
        return ask("which_week", [plain.date, same_week], today=today)
    return plain


def weekday_in_span(item: Weekday, spans: Sequence[Span], *, today: dt.date) -> DayFinding:
    """As in "nächste Woche Dienstag" is Tuesday of the following ISO week, whatever today is (A5, A6)."""
    periods = [set(days_of(span, today)) for span in spans]
    dates = sorted(date for date in set.intersection(*periods) if date.weekday() == item.day)
    if item.choice not in ("", "each"):
        alone = weekday_alone(item, today=today)
        own = {alone.date} if alone.date else set(alone.candidates)
        if not own & set(dates):
            return ask("two_dates", (*dates, *own), today=today)
    if len(dates) != 1:
        return ask("which_day", dates, today=today)
    if dates[0] >= today:
        return DayFinding(date=dates[0])
    return ask("day_is_over", [next_weekday(today, item.day)], today=today)


def at_distance(item: Distance, start: dt.date, weekdays: Sequence[Weekday], *, today: dt.date) -> DayFinding:
    """As in "in drei Wochen" counts from today; with a weekday both readings must agree."""
    if item.unit in ("month", "year"):
        year, month = month_ahead(start, item.amount * (12 if item.unit == "year" else 1))
        date = dt.date(year, month, min(start.day, days_in(year, month)))
        return ask("which_day", [date], today=today)
    date = start + dt.timedelta(days=item.amount * (7 if item.unit == "week" else 1))
    if item.vague:
        return ask("which_day", [date], today=today)
    if not weekdays:
        return DayFinding(date=date)
    if len({weekday.day for weekday in weekdays}) > 1:
        return ask("two_dates", today=today)
    return _weekday_at_distance(item, date, weekdays[0].day, today)


def _weekday_at_distance(item: Distance, date: dt.date, day: int, today: dt.date) -> DayFinding:
    """Both readings of "Freitag in zwei Wochen": the next plus n weeks, and that of the n-th ISO week."""
    if item.unit == "day" and item.amount % 7:
        if date.weekday() == day:
            return DayFinding(date=date)
        question = "which_day" if item.amount == _IDIOMATIC_WEEK else "weekday_contradicts_date"
        return ask(question, [next_weekday(today, day) + item.amount // 7 * WEEK, date], today=today)
    weeks = item.amount if item.unit == "week" else item.amount // 7
    of_that_week = monday(today) + weeks * WEEK + dt.timedelta(days=day)
    weeks_later = after_today(today, day) + weeks * WEEK
    if of_that_week == weeks_later:
        return DayFinding(date=weeks_later)
    return ask("which_week", [of_that_week, weeks_later], today=today)
