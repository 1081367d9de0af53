"""The page ``docs/benchmarks.md``."""

from collections.abc import Mapping, Sequence
from datetime import date

from tools.bench.measures import ROUNDS, Result

HEAD = """\
# Benchmarks

Written by `make bench` on {day}: {machine}. Milliseconds inside one process, {rounds} rounds each, ours and
the floor in turn, every write committed to disk. The *floor* is the least SQL that does the same through psycopg
alone: lock the stylist, look, insert (`tools/bench/floor.py`); for the solver it is reading what is taken. Compare
ratios, not times: the machine is shared.

Every salon has the same density, so from 10,000 to 1,000,000 appointments only tables and indexes grow.
"""


def page(results: Mapping[int, Sequence[Result]], *, machine: str, day: date) -> str:
    parts = [HEAD.format(day=day.isoformat(), machine=machine, rounds=ROUNDS)]
    parts += [_table(size, rows) for size, rows in results.items()]
    parts += [_growth(results), _goals(results), _functions(results)]
    return "\n".join(parts)


def _table(size: int, rows: Sequence[Result]) -> str:
    lines = [
        f"## {size:,} appointments",
        "",
        "| what | p50 | p95 | queries | floor p50 | ours ÷ floor |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        floor = "" if row.floor is None else f"{row.floor:.2f}"
        ratio = "" if row.floor is None else f"{row.median / row.floor:.1f}"
        lines.append(
            f"| {row.name} | {row.median:.2f} | {row.p95:.2f} | {row.queries or ''} | {floor} | {ratio} |"
        )
    return "\n".join([*lines, ""])


GOALS = {
    "check_availability with hold (phone)": 10,
    "start_booking (phone)": 15,
    "a known caller is greeted (phone)": 20,
    "any of 8 stylists, seven days": 15,
}


def _goals(results: Mapping[int, Sequence[Result]]) -> str:
    """How far the larger size is from what was aimed at, and how dear one statement is."""
    _small, large = results.values()
    rows = {row.name: row for row in large}
    lines = ["## Goals", "", "| what | p50 | goal | per statement of ours |", "|---|---:|---:|---:|"]
    for name, goal in GOALS.items():
        row = rows[name]
        each = row.median / row.queries if row.queries else 0
        lines.append(f"| {name} | {row.median:.1f} | {goal} | {each:.2f} |")
    text = (
        "The floor needs about 0.3 ms for a statement. What is above it is Django's ORM building the statement and "
        "the objects, so fewer or precompiled statements bring a missed goal nearer, not the database."
    )
    return "\n".join([*lines, "", text, ""])


SLOWEST_MS = 50


def _functions(results: Mapping[int, Sequence[Result]]) -> str:
    """Whether everything a caller can ask is answered within a breath."""
    _small, large = results.values()
    asked = [row for row in large if "_" in row.name]
    missed = [f"{row.name} ({row.p95:.1f})" for row in asked if row.p95 > SLOWEST_MS]
    said = f"missed by {', '.join(missed)} of" if missed else "kept by all"
    return (
        "## Voice functions\n\n"
        f"At the larger size, with 200,000 calls and 500,000 customers: p95 of at most {SLOWEST_MS} ms is {said} "
        f"{len(asked)}.\n"
    )


def _growth(results: Mapping[int, Sequence[Result]]) -> str:
    small, large = results.values()
    lines = ["## Growth", "", "| what | p50 at the larger size ÷ p50 at the smaller |", "|---|---:|"]
    for before, after in zip(small, large, strict=True):
        lines.append(f"| {before.name} | {after.median / before.median:.2f} |")
    return "\n".join([*lines, ""])
