"""Which day is meant when weekdays, dates and periods are said together: all of them must agree."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from calls.understanding.day_finding import INVALID, DayFinding, ask
from calls.understanding.exact_days import exact_day
from calls.understanding.items import DAYS, Distance, Item, MonthDay, RelativeDay, Span, Weekday
from calls.understanding.spans import days_of, weekend_candidates
from calls.understanding.weekdays import at_distance, next_weekday, weekday_alone, weekday_in_span


def find_day(items: Sequence[Item], *, today: dt.date) -> DayFinding:
    """The day all `items` together mean; they are the day items and spans of one wish."""
    try:
        return _find_day(items, today)
    except (ValueError, OverflowError):  # a day no month has, a year no calendar has
        return INVALID


def _find_day(items: Sequence[Item], today: dt.date) -> DayFinding:
    weekdays = [item for item in items if isinstance(item, Weekday)]
    days: list[Item] = [item for item in items if isinstance(item, DAYS) and not isinstance(item, Weekday)]
    spans = [item for item in items if isinstance(item, Span)]
    days, spans = _with_period(days, spans)
    if any(isinstance(item, Distance) for item in days):
        return _distance(days, weekdays, today)
    if days:
        return _exact(days, weekdays, spans, today)
    if weekdays:
        return _weekday(weekdays, spans, today)
    return _span_alone(spans, today)


def _with_period(days: Sequence[Item], spans: list[Span]) -> tuple[list[Item], list[Span]]:
    """A month or year said apart belongs to the day: "im Dezember am zwölften", "am 5. Januar, also 2026"."""
    plain = [day for day in days if isinstance(day, MonthDay)]
    if not plain:
        return list(days), spans
    months = [span for span in spans if span.kind == "month" and span.number and not span.part]
    years = [span for span in spans if span.kind == "year" and span.number]
    filled: list[Item] = []
    for day in days:
        if isinstance(day, MonthDay) and day.month is None and months:
            filled.append(replace(day, month=months[0].number))
        elif isinstance(day, MonthDay) and day.year is None and years:
            filled.append(replace(day, year=years[0].number))
        else:
            filled.append(day)
    said_months = {day.month for day in filled if isinstance(day, MonthDay)}
    rest = [
        span for span in spans if span not in years and not (span in months and {span.number} == said_months)
    ]
    return filled, rest


def _exact(
    days: Sequence[Item], weekdays: Sequence[Weekday], spans: Sequence[Span], today: dt.date
) -> DayFinding:
    findings = [exact_day(day, spans, today=today) for day in days]
    unsettled = next((finding for finding in findings if finding.date is None), None)
    if unsettled is not None:
        return _by_weekday(unsettled, weekdays)
    dates = {finding.date for finding in findings if finding.date}
    if len(dates) > 1:
        return ask("two_dates", dates, today=today)
    (date,) = dates
    others = [item.day for item in weekdays if item.day != date.weekday()]
    if others:
        return ask(
            "weekday_contradicts_date", (date, *(next_weekday(today, day) for day in others)), today=today
        )
    if any(date not in days_of(span, today) for span in spans):
        return ask("two_dates", [date], today=today)
    return DayFinding(date=date)


def _by_weekday(unsettled: DayFinding, weekdays: Sequence[Weekday]) -> DayFinding:
    """As in "Donnerstag, 15.1": of several candidates the weekday may leave one."""
    fitting = [date for date in unsettled.candidates if any(date.weekday() == item.day for item in weekdays)]
    if unsettled.question == "which_day" and len(unsettled.candidates) > 1 and len(fitting) == 1:
        return DayFinding(date=fitting[0])
    return unsettled


def _distance(days: Sequence[Item], weekdays: Sequence[Weekday], today: dt.date) -> DayFinding:
    """As in "morgen in einer Woche" counts from tomorrow; other days beside a distance contradict it."""
    distances = [day for day in days if isinstance(day, Distance)]
    others = [day for day in days if not isinstance(day, Distance)]
    offset = sum(day.offset for day in others if isinstance(day, RelativeDay))
    if len(set(distances)) > 1 or len(others) > 1 or any(not isinstance(day, RelativeDay) for day in others):
        return ask("two_dates", today=today)
    return at_distance(distances[0], today + dt.timedelta(days=offset), weekdays, today=today)


def _weekday(weekdays: Sequence[Weekday], spans: Sequence[Span], today: dt.date) -> DayFinding:
    if len({item.day for item in weekdays}) > 1:
        return ask("two_dates", (next_weekday(today, item.day) for item in weekdays), today=today)
    chosen = max(weekdays, key=lambda item: bool(item.choice))
    return weekday_in_span(chosen, spans, today=today) if spans else weekday_alone(chosen, today=today)


def _span_alone(spans: Sequence[Span], today: dt.date) -> DayFinding:
    """A period is no day: ask, with its days where they are few."""
    if not spans:
        return DayFinding(question="which_day")
    first = spans[0]
    if first.kind == "weekend":
        return ask("which_day", weekend_candidates(first, today), today=today)
    return ask("which_day", days_of(first, today) if first.part else (), today=today)
