"""The day as blocks of a time grid: plain values by the branch's wall clock, whatever the browser's zone.

A block is a run of busy phases. What lies between two runs of one appointment can be sold, so it is
ground and no block.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from appointments.models.appointment import BLOCKING
from appointments.planner.day import Column, Day, Hold, Part, Visit
from appointments.rules.hours import midnight
from appointments.rules.periods import Period

_DAY = timedelta(days=1)
# Shown of a day on which nobody works, in hours.
_FIRST, _LAST = 8, 20


def board_of(days: Sequence[Day], zone: ZoneInfo, *, may_change: bool) -> dict[str, Any]:
    """``events`` as EventCalendar takes them; ``min`` and ``max`` are the hours shown ("08:00")."""
    columns = [(day, column) for day in days for column in day.columns]
    events = [event for day, column in columns for event in _events(day, column, zone, may_change=may_change)]
    first, last = _hours(days, zone)
    return {"events": events, "min": f"{first:02d}:00", "max": f"{last:02d}:00"}


def wall(instant: datetime, zone: ZoneInfo) -> str:
    """As in ``2025-11-24T13:00``, by the branch's clock."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M}"


def _events(day: Day, column: Column, zone: ZoneInfo, *, may_change: bool) -> Iterator[dict[str, Any]]:
    for period in _closed(day, column, zone):
        yield _ground("closed", column, period, zone)
    for period in column.absences:
        yield _ground("away", column, period, zone)
    for hold in column.holds:
        yield _hold(column, hold, zone)
    for visit in column.visits:
        yield from _visit(column, visit, zone, may_change=may_change)


def _closed(day: Day, column: Column, zone: ZoneInfo) -> Iterator[Period]:
    """What of the local day lies outside the column's working hours, breaks among it."""
    start, end = midnight(day.date, zone), midnight(day.date + _DAY, zone)
    for period in column.working:
        if start < period.start:
            yield Period(start, period.start)
        start = period.end
    if start < end:
        yield Period(start, end)


def _ground(kind: str, column: Column, period: Period, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": f"{kind}-{column.staff_id}-{period.start:%Y%m%d%H%M}",
        "resourceId": column.staff_id,
        "start": wall(period.start, zone),
        "end": wall(period.end, zone),
        "display": "background",
        "classNames": f"board-{kind}",
        "extendedProps": {"kind": kind},
    }


def _hold(column: Column, hold: Hold, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": f"hold-{column.staff_id}-{hold.start:%Y%m%d%H%M}",
        "resourceId": column.staff_id,
        "start": wall(hold.start, zone),
        "end": wall(hold.end, zone),
        "title": hold.service,
        "editable": False,
        "classNames": "board-hold",
        "extendedProps": {"kind": "hold", "expires": hold.expires_at.isoformat()},
    }


def _visit(column: Column, visit: Visit, zone: ZoneInfo, *, may_change: bool) -> Iterator[dict[str, Any]]:
    runs = list(_runs(visit))
    busy = [run for run in runs if run[0].busy] or runs
    movable = may_change and visit.status in BLOCKING
    shared = {
        "kind": "visit",
        "appointment": visit.id,
        "revision": visit.revision,
        "starts": wall(visit.start, zone),
        "ends": wall(visit.end, zone),
        "staff": column.staff_id,
        "attendee": visit.attendee,
        "service": visit.service,
        "status": visit.status,
        "source": visit.source,
        "conflict": visit.conflict,
        "missed": visit.missed,
        "runs": len(busy),
    }
    for number, run in enumerate(busy):
        named = [part.name for part in run if part.name]
        yield {
            "id": f"visit-{visit.id}-{number}",
            "resourceId": column.staff_id,
            "start": wall(run[0].start, zone),
            "end": wall(run[-1].end, zone),
            "title": visit.attendee,
            "editable": movable,
            "classNames": f"board-visit board-{visit.status}" + (" board-conflict" if visit.conflict else ""),
            "extendedProps": {**shared, "run": number, "phases": named},
        }
    for gap in [] if visit.conflict else [run for run in runs[1:-1] if not run[0].busy]:
        yield _ground("gap", column, Period(gap[0].start, gap[-1].end), zone)


def _runs(visit: Visit) -> Iterator[list[Part]]:
    if not visit.parts:
        yield [Part(name="", start=visit.start, end=visit.end, busy=True)]
    for _busy, run in groupby(visit.parts, key=lambda part: part.busy):
        yield list(run)


def _hours(days: Sequence[Day], zone: ZoneInfo) -> tuple[int, int]:
    """From the first hour in which somebody works or is served to the last."""
    columns = [column for day in days for column in day.columns]
    spans = [(each.start, each.end) for column in columns for each in column.working]
    spans += [(each.start, each.end) for column in columns for each in column.visits]
    if not spans:
        return _FIRST, _LAST
    local = [(start.astimezone(zone), end.astimezone(zone)) for start, end in spans]
    first = min(start.hour for start, _end in local)
    last = max(24 if end.date() > start.date() else end.hour + bool(end.minute) for start, end in local)
    return first, max(last, first + 1)
