"""What a tile is made of: plain values, each with the address of the rows that it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import floor
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

HOUR = timedelta(hours=1)
# What a division of floats may lack of a whole.
TINY = 1e-9


class Kind(StrEnum):
    COUNT = "count"
    HOURS = "hours"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Amount:
    """A count, hours, or a share of 0 to 1. None: there is nothing to reckon it from."""

    value: float | None
    kind: Kind = Kind.COUNT

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        if self.kind == Kind.COUNT:
            return number_format(self.value, 0, force_grouping=True)
        if self.kind == Kind.HOURS:
            full, minutes = divmod(round(self.value * 60), 60)
            return _("%(hours)s:%(minutes)s h") % {
                "hours": number_format(full, 0, force_grouping=True),
                "minutes": f"{minutes:02}",
            }
        # Never rounded up: 99.96 per cent are not all.
        return _("%(share)s %%") % {"share": number_format(floor(self.value * 1000 + TINY) / 10, 1)}


def share(part: float, whole: float) -> Amount:
    return Amount(part / whole if whole else None, Kind.SHARE)


def share_of_time(part: timedelta, whole: timedelta) -> Amount:
    return share(part.total_seconds(), whole.total_seconds())


def hours(length: timedelta) -> Amount:
    return Amount(length / HOUR, Kind.HOURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    label: Any
    amount: Amount
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """``length``: 0 to 1 of the chart's width; ``inner`` lies within it, as what was sold of the offered."""

    label: str
    amount: Amount
    length: float
    url: str
    inner: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Series:
    """``cells``: one for each day."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Counts by day, several kinds on top of each other."""

    label: Any
    days: Sequence[date]
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Point:
    day: date
    amount: Amount
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A share over days; days without one are left out."""

    label: Any
    points: Sequence[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """``definition``: in one or two sentences, what exactly is counted."""

    key: str
    title: Any
    definition: Any
    figures: Sequence[Figure]
    bars: Sequence[Bar] = ()
    bars_label: Any = ""
    columns: Columns | None = None
    line: Line | None = None
