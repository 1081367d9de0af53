"""The slow and obvious answer to "which starts are free": minute by minute, with sets.

Written from the rules in ``architecture.md`` and shares nothing with the solver but the case that is
asked about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A stretch of time as two UTC minutes since 1970, half-open; hours as two minutes of a day.
Span = tuple[int, int]
Weekly = Mapping[int, Sequence[Span]]


def to_minute(moment: datetime) -> int:
    return int((moment - EPOCH) / MINUTE)


def to_moment(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


@dataclass(frozen=True)
class Person:
    """``shifts`` is None for who works whenever the salon is open."""

    shifts: Weekly | None
    absences: Sequence[Span]
    taken: Sequence[Span]
    own_minutes: Sequence[int] | None = None


@dataclass(frozen=True)
class Case:
    """A salon, a service and a day. ``phases``: minutes and whether they bind the stylist."""

    zone: ZoneInfo
    day: date
    slot_minutes: int
    opening: Weekly
    phases: Sequence[tuple[int, bool]]
    buffer_before: int
    buffer_after: int
    blocks_span: bool
    people: Sequence[Person]
    now: datetime
    notice_minutes: int
    horizon_days: int = 180


@lru_cache
def shown(day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """Every minute of a local day, with the minute of the day that the clock on the wall shows."""
    first = to_minute(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 24 * 60
    every = ((minute, to_moment(minute).astimezone(zone)) for minute in range(first, first + 3 * 24 * 60))
    return tuple((minute, local.hour * 60 + local.minute) for minute, local in every if local.date() == day)


def open_minutes(day: date, hours: Iterable[Span], zone: ZoneInfo) -> set[int]:
    """Hours begin when the clock first shows it and end when it last does.

    What the clock skips in spring begins as much later, and ends as much earlier, as it skips.
    """
    clock = shown(day, zone)
    labels = [label for _minute, label in clock]
    skipped = 24 * 60 - len(clock)
    found: set[int] = set()
    for opens, closes in hours:
        first = labels.index(opens if opens in labels else opens + skipped)
        if closes == 24 * 60:
            last = len(clock)
        else:
            last_label = closes if closes in labels else closes - skipped
            last = len(labels) - 1 - labels[::-1].index(last_label)
        found.update(minute for minute, _label in clock[first:last])
    return found


def weekly_minutes(case: Case, weekly: Weekly) -> set[int]:
    days = [case.day + timedelta(days=offset) for offset in range(-2, 4)]
    return set().union(*(open_minutes(day, weekly.get(day.weekday(), ()), case.zone) for day in days))


def minutes_of(spans: Iterable[Span]) -> set[int]:
    return set().union(*(range(start, end) for start, end in spans))


def free_starts(case: Case) -> list[tuple[datetime, int]]:
    """Start and index of the person, ascending."""
    salon = weekly_minutes(case, case.opening)
    free = [
        (start, index) for index, person in enumerate(case.people) for start in _free_of(case, person, salon)
    ]
    return [(to_moment(start), index) for start, index in sorted(free)]


def _free_of(case: Case, person: Person, salon: set[int]) -> list[int]:
    shifts = salon if person.shifts is None else weekly_minutes(case, person.shifts)
    works = shifts - minutes_of(person.absences)
    taken = minutes_of(person.taken)
    lengths = person.own_minutes or [minutes for minutes, _busy in case.phases]
    whole, busy, position = range(sum(lengths)), [], 0
    for length, (_minutes, binds) in zip(lengths, case.phases, strict=True):
        if binds or case.blocks_span:
            busy += range(position, position + length)
        position += length
    widened = [*range(busy[0] - case.buffer_before, busy[0]), *busy]
    widened += range(busy[-1] + 1, busy[-1] + 1 + case.buffer_after)
    today = case.now.astimezone(case.zone).date()
    return [
        start
        for start, label in shown(case.day, case.zone)
        if label % case.slot_minutes == 0
        and to_moment(start) >= case.now + case.notice_minutes * MINUTE
        and case.day <= today + timedelta(days=case.horizon_days)
        and all(start + minute in salon for minute in whole)
        and all(start + minute in works for minute in busy)
        and not any(start + minute in taken for minute in widened)
    ]
