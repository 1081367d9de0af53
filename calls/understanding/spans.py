"""The days of a period: weeks by ISO 8601, months, years, and their beginnings, middles and ends."""

import calendar
import datetime as dt
from collections.abc import Sequence

from calls.understanding.items import Span

_WEEK_PARTS = {"start": (0, 1), "middle": (1, 2, 3), "end": (3, 4, 5)}


def days_of(span: Span, today: dt.date) -> Sequence[dt.date]:
    """All days of a period, past ones too; empty when the period is not known ("vorige Woche")."""
    if span.kind == "week":
        return _week(span, today)
    if span.kind == "weekend":
        return weekend_candidates(span, today)
    if span.kind == "month":
        return _month(span, today)
    return _year(span, today)


def _week(span: Span, today: dt.date) -> list[dt.date]:
    if span.number is not None:
        year = today.isocalendar().year
        if span.number < today.isocalendar().week:
            year += 1
        monday = dt.date.fromisocalendar(year, span.number, 1)
    elif span.ahead is None:
        return []
    else:
        monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=span.ahead)
    parts = _WEEK_PARTS.get(span.part, tuple(range(7)))
    return [monday + dt.timedelta(days=day) for day in parts]


def weekend_candidates(span: Span, today: dt.date) -> list[dt.date]:
    """The coming weekend; "nächstes Wochenende" is this or the one after, as with weekdays."""
    saturday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(days=5)
    weeks = {"next": (0, 1), "after_next": (1, 2)}.get(span.choice, (0,))
    days = [saturday + dt.timedelta(days=day, weeks=week) for week in weeks for day in (0, 1)]
    return [day for day in days if day >= today]


def _month(span: Span, today: dt.date) -> list[dt.date]:
    if span.number is not None:
        ahead = (span.number - today.month) % 12
    elif span.ahead is not None:
        ahead = span.ahead
    else:
        return []
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    last = calendar.monthrange(year, month + 1)[1]
    first, end = {"start": (1, 10), "middle": (11, 20), "end": (21, last)}.get(span.part, (1, last))
    return [dt.date(year, month + 1, day) for day in range(first, end + 1)]


def _year(span: Span, today: dt.date) -> list[dt.date]:
    year = span.number if span.number is not None else today.year + (span.ahead or 0)
    first = dt.date(year, 1, 1)
    return [
        first + dt.timedelta(days=day) for day in range(366) if (first + dt.timedelta(days=day)).year == year
    ]
