"""Runs of busy phases, the pieces in which a calendar shows an appointment (incidents E12, E13)."""

from datetime import timedelta

import pytest

from appointments.rules.phases import Phase, Plan


def plan(pattern: str, **facts: object) -> Plan:
    """``"BB-B"``: two busy phases, a gap, a busy one; ten minutes each, named by their position."""
    phases = (Phase(f"phase {n}", 10, busy=letter == "B") for n, letter in enumerate(pattern, start=1))
    return Plan(phases=tuple(phases), **facts)  # type: ignore[arg-type]


def runs(pattern: str, **facts: object) -> list[tuple[int, str, int, int]]:
    """Position, name, and start and end in minutes."""
    minute = timedelta(minutes=1)
    return [
        (run.position, run.name, run.start // minute, run.end // minute)
        for run in plan(pattern, **facts).runs()
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("B", [(1, "phase 1", 0, 10)]),
        ("BB", [(1, "phase 1", 0, 20)]),
        ("B-B", [(1, "phase 1", 0, 10), (3, "phase 3", 20, 30)]),
        ("B--B", [(1, "phase 1", 0, 10), (4, "phase 4", 30, 40)]),
        ("-B-", [(2, "phase 2", 10, 20)]),
        ("B-B-BB", [(1, "phase 1", 0, 10), (3, "phase 3", 20, 30), (5, "phase 5", 40, 60)]),
        (
            "B-B-B-B",
            [(1, "phase 1", 0, 10), (3, "phase 3", 20, 30), (5, "phase 5", 40, 50), (7, "phase 7", 60, 70)],
        ),
    ],
)
def test_busy_phases_without_a_gap_are_one_run(
    pattern: str, expected: list[tuple[int, str, int, int]]
) -> None:
    assert runs(pattern) == expected


def test_a_block_is_one_run_from_the_first_phase() -> None:
    assert runs("-B-B", blocks_span=True) == [(1, "phase 1", 0, 40)]


def test_buffers_belong_to_no_run() -> None:
    assert runs("B", buffer_before=5, buffer_after=5) == [(1, "phase 1", 0, 10)]


@pytest.mark.parametrize("pattern", ["B", "BB", "B-B", "BB--B-BBB", "B-B-B-B-B-B-B"])
def test_runs_cover_exactly_the_busy_phases(pattern: str) -> None:
    busy = sum((stretch.end - stretch.start for stretch in plan(pattern).busy_stretches()), timedelta())
    assert sum((run.end - run.start for run in plan(pattern).runs()), timedelta()) == busy
