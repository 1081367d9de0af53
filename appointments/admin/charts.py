"""Tiles as pictures: where in an SVG each number is drawn. The page needs no script for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from appointments.insights.tiles import Amount, Cell, Columns, Line, Tile

# Units of the drawings, which are stretched to the width that there is.
STEP, WIDE, HIGH = 10, 8, 100
LENGTH = 100
FLOOR = 0.9


@dataclass(frozen=True, slots=True)
class Rectangle:
    series: int
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """``width`` and ``inner``: of 100."""

    label: str
    amount: Amount
    url: str
    detail: str
    width: float
    inner: float | None


@dataclass(frozen=True, slots=True)
class DrawnColumns:
    label: Any
    width: int
    rectangles: Sequence[Rectangle]
    most: int
    days: Sequence[date]
    names: Sequence[str]
    rows: Sequence[tuple[date, Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """``path``: the points of a polyline; a share of 0.9 and less lies on the floor."""

    label: Any
    width: int
    path: str
    line: Line


@dataclass(frozen=True, slots=True)
class DrawnTile:
    tile: Tile
    bars: Sequence[DrawnBar]
    columns: DrawnColumns | None
    line: DrawnLine | None


def drawn(tile: Tile) -> DrawnTile:
    bars = [
        DrawnBar(
            label=bar.label,
            amount=bar.amount,
            url=bar.url,
            detail=bar.detail,
            width=round(LENGTH * bar.length, 1),
            inner=None if bar.inner is None else round(LENGTH * bar.inner, 1),
        )
        for bar in tile.bars
    ]
    return DrawnTile(
        tile=tile,
        bars=bars,
        columns=_columns(tile.columns) if tile.columns else None,
        line=_line(tile.line) if tile.line and tile.line.points else None,
    )


def _columns(columns: Columns) -> DrawnColumns:
    heights = [sum(each.cells[place].count for each in columns.series) for place in range(len(columns.days))]
    most = max(heights, default=0)
    rectangles: list[Rectangle] = []
    for place in range(len(columns.days)):
        base = float(HIGH)
        for number, series in enumerate(columns.series, start=1):
            height = round(HIGH * series.cells[place].count / most, 2) if most else 0.0
            base -= height
            if height:
                rectangles.append(Rectangle(number, place * STEP, round(base, 2), height))
    return DrawnColumns(
        label=columns.label,
        width=STEP * len(columns.days),
        rectangles=rectangles,
        most=most,
        days=columns.days,
        names=[each.label for each in columns.series],
        rows=[
            (day, [each.cells[place] for each in columns.series]) for place, day in enumerate(columns.days)
        ],
    )


def _line(line: Line) -> DrawnLine:
    first = line.points[0].day
    width = max((line.points[-1].day - first).days * STEP, STEP)
    path = " ".join(f"{(point.day - first).days * STEP},{_height(point.amount):.1f}" for point in line.points)
    if len(line.points) == 1:
        path = f"{path} {STEP},{path.partition(',')[2]}"
    return DrawnLine(label=line.label, width=width, path=path, line=line)


def _height(amount: Amount) -> float:
    """From the top."""
    return HIGH * (1 - max((amount.value or 0.0) - FLOOR, 0.0) / (1 - FLOOR))
