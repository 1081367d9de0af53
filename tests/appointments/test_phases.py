"""What a service takes of a stylist's time, before anybody knows when."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments.rules.periods import Period
from appointments.rules.phases import Phase, Plan, Stretch
from tests.salons import PERM

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
PERM_PLAN = Plan(tuple(Phase(*phase) for phase in PERM))


def minutes(start: int, end: int) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=start), timedelta(minutes=end)


def stretch(position: int, start: int, end: int) -> Stretch:
    return Stretch(position, *minutes(start, end))


def after(start: int, end: int) -> Period:
    first, last = minutes(start, end)
    return Period(START + first, START + last)


def test_length_is_the_sum_of_the_phases_and_nothing_else() -> None:
    """Incident E4: 135 minutes were booked as 60. Buffers are not the customer's time."""
    plan = Plan(PERM_PLAN.phases, buffer_before=10, buffer_after=5)
    assert (plan.minutes, plan.duration) == (135, timedelta(minutes=135))


def test_phases_follow_each_other_without_a_seam() -> None:
    placed = [(one.position, one.period, one.phase.busy) for one in PERM_PLAN.phases_at(START)]
    assert placed == [
        (1, after(0, 50), True),
        (2, after(50, 65), False),
        (3, after(65, 70), True),
        (4, after(70, 80), False),
        (5, after(80, 95), True),
        (6, after(95, 135), True),
    ]


def test_stretches_leave_the_gaps_out() -> None:
    """Each busy phase is a stretch of its own, also where two follow each other."""
    assert PERM_PLAN.stretches() == [
        stretch(1, 0, 50),
        stretch(3, 65, 70),
        stretch(5, 80, 95),
        stretch(6, 95, 135),
    ]


def test_buffers_widen_the_first_and_the_last_stretch() -> None:
    plan = Plan(PERM_PLAN.phases, buffer_before=10, buffer_after=5)
    assert plan.stretches() == [
        stretch(1, -10, 50),
        stretch(3, 65, 70),
        stretch(5, 80, 95),
        stretch(6, 95, 140),
    ]


def test_buffers_of_a_single_phase_widen_both_its_ends() -> None:
    plan = Plan((Phase("", 30),), buffer_before=10, buffer_after=5)
    assert plan.stretches() == [stretch(1, -10, 35)]


def test_buffers_stay_outside_of_working_time() -> None:
    plan = Plan((Phase("", 30),), buffer_before=10, buffer_after=5)
    assert plan.busy_stretches() == [stretch(1, 0, 30)]


def test_gaps_at_both_ends_belong_to_the_customer_only() -> None:
    """A colour that works before the stylist comes; buffers stay at the stylist's own time."""
    plan = Plan((Phase("", 20, busy=False), Phase("", 30), Phase("", 10, busy=False)), buffer_after=5)
    assert (plan.minutes, plan.stretches()) == (60, [stretch(2, 20, 55)])


def test_block_layout_takes_the_gaps_as_well() -> None:
    plan = Plan(PERM_PLAN.phases, buffer_before=10, buffer_after=5, blocks_span=True)
    assert (plan.busy_stretches(), plan.stretches()) == ([stretch(1, 0, 135)], [stretch(1, -10, 140)])


@pytest.mark.parametrize("count", range(1, 8))
def test_any_number_of_phases_keeps_its_order(count: int) -> None:
    """Incident E13: only two parts were handled."""
    plan = Plan(tuple(Phase(str(number), 10, busy=number % 2 == 0) for number in range(count)))
    assert [one.position for one in plan.stretches()] == list(range(1, count + 1, 2))


def test_stretch_finds_its_place_in_time() -> None:
    assert [one.at(START) for one in PERM_PLAN.stretches()] == [
        after(0, 50),
        after(65, 70),
        after(80, 95),
        after(95, 135),
    ]


def test_duration_is_the_same_on_the_night_the_clocks_change() -> None:
    """Trap 5: computed in UTC, so an hour of the wall clock more or less does not matter."""
    midnight_before_the_change = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    last = PERM_PLAN.phases_at(midnight_before_the_change)[-1].period.end
    assert last - midnight_before_the_change == PERM_PLAN.duration


@pytest.mark.parametrize("phases", [(), (Phase("", 30, busy=False),)])
def test_without_work_nothing_is_taken(phases: tuple[Phase, ...]) -> None:
    """A service whose phases have not been entered yet must not stop the telephone (E9)."""
    assert Plan(phases, buffer_before=10, buffer_after=5).stretches() == []
