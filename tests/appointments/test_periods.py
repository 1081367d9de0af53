"""Periods are half-open: that alone decides whether two appointments may stand back to back."""

from datetime import UTC, datetime

import pytest

from appointments.rules.periods import Period, intersect, merge, subtract


def hours(start: int, end: int) -> Period:
    return Period(datetime(2026, 3, 2, start, tzinfo=UTC), datetime(2026, 3, 2, end, tzinfo=UTC))


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (hours(8, 10), False),  # C12: ends when the first begins
        (hours(12, 14), False),  # C12: begins when the first ends
        (hours(8, 11), True),
        (hours(11, 14), True),
        (hours(10, 12), True),
        (hours(11, 12), True),
        (hours(8, 14), True),
        (hours(15, 16), False),
    ],
)
def test_overlap_needs_a_common_instant(other: Period, *, overlaps: bool) -> None:
    period = hours(10, 12)
    assert (period.overlaps(other), other.overlaps(period)) == (overlaps, overlaps)


def test_merge_joins_what_touches_or_overlaps() -> None:
    assert merge([hours(14, 16), hours(8, 10), hours(10, 12), hours(15, 18)]) == [hours(8, 12), hours(14, 18)]


def test_merge_keeps_the_longer_of_two_that_contain_each_other() -> None:
    assert merge([hours(8, 18), hours(10, 12)]) == [hours(8, 18)]


def test_merge_drops_empty_and_reversed_periods() -> None:
    assert merge([hours(10, 10), hours(14, 12), hours(16, 17)]) == [hours(16, 17)]


def test_subtract_leaves_what_lies_before_between_and_after() -> None:
    assert subtract([hours(8, 18)], [hours(10, 11), hours(13, 14)]) == [
        hours(8, 10),
        hours(11, 13),
        hours(14, 18),
    ]


@pytest.mark.parametrize(
    ("taken", "rest"),
    [
        ([], [hours(8, 12)]),
        ([hours(6, 8), hours(12, 14)], [hours(8, 12)]),  # C12: touching takes nothing
        ([hours(6, 9)], [hours(9, 12)]),
        ([hours(11, 14)], [hours(8, 11)]),
        ([hours(8, 12)], []),
        ([hours(6, 14)], []),
        ([hours(8, 10), hours(9, 12)], []),
        ([hours(8, 9), hours(11, 12)], [hours(9, 11)]),
    ],
)
def test_subtract_at_the_edges(taken: list[Period], rest: list[Period]) -> None:
    assert subtract([hours(8, 12)], taken) == rest


def test_subtract_takes_one_hole_out_of_several_periods() -> None:
    assert subtract([hours(8, 12), hours(13, 17)], [hours(11, 14)]) == [hours(8, 11), hours(14, 17)]


def test_intersect_keeps_what_lies_in_both() -> None:
    shifts = [hours(7, 13), hours(14, 20)]
    opening = [hours(8, 12), hours(12, 18)]
    assert intersect(shifts, opening) == [hours(8, 13), hours(14, 18)]


def test_intersect_of_periods_that_touch_is_empty() -> None:
    assert intersect([hours(8, 12)], [hours(12, 18)]) == []
