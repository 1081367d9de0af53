"""What goes wrong in ``make chaos``, and how long it is said to be felt."""

from collections import Counter
from typing import Any

import pytest

from tools.chaos.plan import FELT_BY, Kind, plan
from tools.chaos.watch import Felt, Sample, recoveries


def test_the_same_seed_plans_the_same() -> None:
    assert plan(1, seconds=300) == plan(1, seconds=300)
    assert plan(1, seconds=300) != plan(2, seconds=300)


@pytest.mark.parametrize("seconds", [300, 3600])
def test_every_kind_has_its_turn_and_all_is_over_in_time(seconds: int) -> None:
    faults = plan(7, seconds=seconds)
    times = Counter(fault.kind for fault in faults)

    assert set(times) == set(Kind) == set(FELT_BY)
    assert all(fault.at + fault.lasts < seconds for fault in faults)
    assert [fault.at for fault in faults] == sorted(fault.at for fault in faults)


def samples(*bad: float) -> dict[str, Any]:
    """A probe a second for a minute; those at ``bad`` were felt."""
    row = [Sample(at, at + 0.5, at not in bad) for at in range(60)]
    return {"phone": row, "queue": [Sample(0, 1, ok=True)], "calendar": []}


def test_a_fault_is_felt_until_the_last_probe_that_failed() -> None:
    felt = [Felt(Kind.WEB_KILLED, 10)]

    assert recoveries(felt, samples(12, 14), end=60) == {Kind.WEB_KILLED: 4.5}
    assert recoveries(felt, samples(), end=60) == {Kind.WEB_KILLED: 0.0}
    assert recoveries(felt, samples(5), end=60) == {Kind.WEB_KILLED: 0.0}


def test_what_is_felt_after_the_next_fault_of_the_same_part_is_that_ones() -> None:
    felt = [Felt(Kind.WEB_KILLED, 10), Felt(Kind.QUEUE_KILLED, 11), Felt(Kind.POSTGRES_FAST, 20)]

    longest = recoveries(felt, samples(12, 24), end=60)

    assert longest == {Kind.WEB_KILLED: 2.5, Kind.QUEUE_KILLED: 0.0, Kind.POSTGRES_FAST: 4.5}
