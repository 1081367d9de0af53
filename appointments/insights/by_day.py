"""Counts by local day: a database's own day would be another one at night."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from appointments.insights.frame import Frame
from appointments.insights.spans import parameter_of
from appointments.insights.tiles import Cell, Columns, Series

Counts = Mapping[tuple[date, str], int]


def counted(frame: Frame, rows: QuerySet[Any], *, by: str, field: str) -> Counts:
    """One query: how many of each kind on each local day."""
    local = rows.annotate(local_day=TruncDate(field, tzinfo=frame.span.zone))
    grouped = local.values_list("local_day", by).annotate(Count("pk")).order_by()
    return {(day, kind): number for day, kind, number in grouped}


def total(counts: Counts, *kinds: str) -> int:
    return sum(number for (_day, kind), number in counts.items() if kind in kinds)


def columns(
    frame: Frame,
    counts: Counts,
    kinds: Sequence[tuple[Any, Sequence[str]]],
    *,
    label: Any,
    link: Callable[[Sequence[str], str], str],
) -> Columns:
    """``kinds``: what a part of the columns is called, and the values it adds up; ``link`` takes these and
    the days as the lists' filters want them.
    """
    days = frame.span.days
    return Columns(
        label=label,
        days=days,
        series=[
            Series(
                str(title),
                [
                    Cell(
                        sum(counts.get((day, one), 0) for one in values), link(values, parameter_of(day, day))
                    )
                    for day in days
                ],
            )
            for title, values in kinds
        ],
    )
