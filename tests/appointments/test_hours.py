"""Wall-clock hours to instants, on ordinary days and on the nights the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointments.rules.hours import days_between, grid, instant, is_on_grid, midnight, open_periods
from appointments.rules.periods import Period
from tests.salons import BERLIN

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes by half an hour
WINTER = date(2026, 12, 1)
SUMMER = date(2026, 7, 1)
AUTUMN = date(2026, 10, 25)  # 03:00 becomes 02:00: 25 hours
SPRING = date(2026, 3, 29)  # 02:00 becomes 03:00: 23 hours
LORD_HOWE_AUTUMN = date(2026, 4, 5)  # 02:00 becomes 01:30: 24.5 hours
LORD_HOWE_SPRING = date(2026, 10, 4)  # 02:00 becomes 02:30: 23.5 hours

HALF_PAST_TWO = 150


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (WINTER, BERLIN, 24),
        (SUMMER, BERLIN, 24),
        (AUTUMN, BERLIN, 25),
        (SPRING, BERLIN, 23),
        (LORD_HOWE_AUTUMN, LORD_HOWE, 24.5),
        (LORD_HOWE_SPRING, LORD_HOWE, 23.5),
    ],
)
def test_midnight_to_midnight_is_as_long_as_the_day(day: date, zone: ZoneInfo, hours: float) -> None:
    length = midnight(day + timedelta(days=1), zone) - midnight(day, zone)
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "expected"), [(WINTER, utc(WINTER, 8)), (SUMMER, utc(SUMMER, 7)), (AUTUMN, utc(AUTUMN, 8))]
)
def test_instant_of_nine_o_clock_follows_the_season(day: date, expected: datetime) -> None:
    """Incidents A20-A22: nine is nine by the clock on the wall, in July and in December."""
    assert instant(day, 9 * 60, BERLIN) == expected


def test_instant_of_24_00_is_midnight_of_the_next_day() -> None:
    assert instant(WINTER, 24 * 60, BERLIN) == midnight(date(2026, 12, 2), BERLIN)


def test_instant_of_the_doubled_hour_is_chosen_by_fold() -> None:
    both = [instant(AUTUMN, HALF_PAST_TWO, BERLIN, fold=fold) for fold in (0, 1)]
    assert both == [utc(AUTUMN, 0, 30), utc(AUTUMN, 1, 30)]


def test_days_between_includes_both_ends() -> None:
    assert days_between(date(2026, 2, 27), date(2026, 3, 1)) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]


def test_days_between_of_a_reversed_range_is_empty() -> None:
    assert days_between(date(2026, 3, 2), date(2026, 3, 1)) == []


def test_open_periods_of_a_split_day() -> None:
    split = [(14 * 60, 18 * 60), (9 * 60, 12 * 60)]
    assert open_periods(WINTER, split, BERLIN) == [
        Period(utc(WINTER, 8), utc(WINTER, 11)),
        Period(utc(WINTER, 13), utc(WINTER, 17)),
    ]


def test_open_periods_of_a_closed_day_are_none() -> None:
    assert open_periods(WINTER, [], BERLIN) == []


def test_open_periods_until_24_00_touch_those_from_0_00() -> None:
    evening = open_periods(WINTER, [(18 * 60, 24 * 60)], BERLIN)
    morning = open_periods(date(2026, 12, 2), [(0, 2 * 60)], BERLIN)
    assert evening[0].end == morning[0].start


@pytest.mark.parametrize(
    ("day", "hours"), [(WINTER, 24), (AUTUMN, 25), (SPRING, 23)], ids=["winter", "autumn", "spring"]
)
def test_open_periods_of_a_whole_day_are_as_long_as_the_day(day: date, hours: int) -> None:
    assert open_periods(day, [(0, 24 * 60)], BERLIN) == [
        Period(midnight(day, BERLIN), midnight(day, BERLIN) + timedelta(hours=hours))
    ]


@pytest.mark.parametrize(
    ("minutes", "start", "end"),
    [
        ((HALF_PAST_TWO, 8 * 60), utc(AUTUMN, 0, 30), utc(AUTUMN, 7)),  # from the first half past two
        ((60, HALF_PAST_TWO), utc(AUTUMN, 0) - timedelta(hours=1), utc(AUTUMN, 1, 30)),  # until the second
    ],
)
def test_open_periods_at_the_doubled_hour_are_at_their_longest(
    minutes: tuple[int, int], start: datetime, end: datetime
) -> None:
    assert open_periods(AUTUMN, [minutes], BERLIN) == [Period(start, end)]


@pytest.mark.parametrize(
    ("minutes", "start", "end"),
    [
        ((HALF_PAST_TWO, 8 * 60), utc(SPRING, 1, 30), utc(SPRING, 6)),  # from 03:30 by the clock
        ((60, HALF_PAST_TWO), utc(SPRING, 0), utc(SPRING, 0, 30)),  # until 01:30 by the clock
    ],
)
def test_open_periods_at_the_missing_hour_are_at_their_shortest(
    minutes: tuple[int, int], start: datetime, end: datetime
) -> None:
    assert open_periods(SPRING, [minutes], BERLIN) == [Period(start, end)]


def test_open_periods_within_the_missing_hour_are_none() -> None:
    assert open_periods(SPRING, [(125, 175)], BERLIN) == []


@pytest.mark.parametrize("slot_minutes", [5, 7, 15, 30, 60])
@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (WINTER, BERLIN),
        (AUTUMN, BERLIN),
        (SPRING, BERLIN),
        (LORD_HOWE_AUTUMN, LORD_HOWE),
        (LORD_HOWE_SPRING, LORD_HOWE),
    ],
    ids=["winter", "autumn", "spring", "lord-howe-autumn", "lord-howe-spring"],
)
def test_grid_is_every_minute_of_the_day_that_is_on_the_grid(
    day: date, zone: ZoneInfo, slot_minutes: int
) -> None:
    """Counted the slow way: each minute of the day, by what the clock on the wall shows."""
    minute, shown = midnight(day, zone), []
    while minute.astimezone(zone).date() == day:
        local = minute.astimezone(zone)
        if (local.hour * 60 + local.minute) % slot_minutes == 0:
            shown.append(minute)
        minute += timedelta(minutes=1)
    assert list(grid(day, slot_minutes, zone)) == shown


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    [
        (WINTER, BERLIN, 48),
        (AUTUMN, BERLIN, 50),
        (SPRING, BERLIN, 46),
        (LORD_HOWE_AUTUMN, LORD_HOWE, 49),
        (LORD_HOWE_SPRING, LORD_HOWE, 47),
    ],
)
def test_grid_of_half_hours_counts_the_half_hours_of_the_day(day: date, zone: ZoneInfo, starts: int) -> None:
    assert len(grid(day, 30, zone)) == starts


def test_grid_of_autumn_lists_the_doubled_hour_twice() -> None:
    around = [start for start in grid(AUTUMN, 30, BERLIN) if utc(AUTUMN, 0) <= start < utc(AUTUMN, 2)]
    assert [start.astimezone(BERLIN).strftime("%H:%M") for start in around] == [
        "02:00",
        "02:30",
        "02:00",
        "02:30",
    ]


def test_grid_of_spring_skips_the_missing_hour() -> None:
    around = [start for start in grid(SPRING, 30, BERLIN) if utc(SPRING, 0) <= start < utc(SPRING, 2)]
    assert [start.astimezone(BERLIN).strftime("%H:%M") for start in around] == [
        "01:00",
        "01:30",
        "03:00",
        "03:30",
    ]


@pytest.mark.parametrize(
    ("start", "on_grid"),
    [
        (utc(WINTER, 8, 15), True),
        (utc(WINTER, 8, 20), False),
        (utc(WINTER, 8, 15).replace(second=1), False),
        (utc(WINTER, 8, 15).replace(microsecond=1), False),
    ],
)
def test_start_is_on_the_grid_to_the_microsecond(start: datetime, *, on_grid: bool) -> None:
    """Incidents A26, A27: no tolerance."""
    assert is_on_grid(start, 15, BERLIN) is on_grid


def test_grid_counts_from_midnight_by_the_clock_and_not_in_utc() -> None:
    """Lord Howe is at UTC+10:30 in winter: 09:00 there is no full hour in UTC."""
    start = instant(date(2026, 6, 1), 9 * 60, LORD_HOWE)
    assert (start, is_on_grid(start, 60, LORD_HOWE)) == (
        datetime(2026, 5, 31, 22, 30, tzinfo=UTC),
        True,
    )
