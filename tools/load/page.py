"""The page ``docs/load.md``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tools.load.measures import CALLERS_AT_ONCE, CALLS, SLOTS, Evening, Level, OneSlot
from tools.load.timing import Times

HEAD = """\
# Load

Written by `make load` on {day}: {machine}. Everything on that one machine:
PostgreSQL with its writes on disk, gunicorn with {workers} workers of 8 threads, two task queues, the
calendar's sandbox, **and the clients**, which take their share of it. Milliseconds from outside, over HTTP.
The machine is shared: the shape counts, not the last digit.

A call is six function calls: who calls, is it free (held), is it still free, book, repeat, cancel.
"""
THROUGHPUT = """
## How much, until more clients bring nothing more: {mode}

| clients | requests/s | p50 | p95 | p99 | errors | {units} |
|---:|---:|---:|---:|---:|---:|{lines}|
"""
MEMORY = "\nMemory in MB, shared pages counted once: web {web} processes, each queue {queue}.\n"
ONE_SLOT = """
## A hundred at once for one perm

{callers} callers book the same perm with the same stylist at the same instant, {slots} times. One is told
“booked”, {others} hear that it is taken and what else is free; one row stands.

| p50 | p95 | p99 | longest | all answered within | errors | otherwise than it must be |
|---:|---:|---:|---:|---:|---:|---|
| {p50:.0f} | {p95:.0f} | {p99:.0f} | {longest:.0f} | {seconds:.1f} s | {errors} | {wrong} |
"""
EVENING = """
## Sixty calls at the same time

{calls} calls of six function calls each, 20 to 60 s apart, {factor:g} times as fast:
{per_second:.1f} requests/s instead of {real:.1f}.

| booked | requests | p50 | p95 | p99 | longest | errors |
|---:|---:|---:|---:|---:|---:|---:|
| {booked} | {requests} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {longest:.0f} | {errors} |
"""


@dataclass
class Figures:
    machine: str
    workers: int
    throughput: Mapping[str, Sequence[Level]]
    processes: Mapping[str, int]
    one_slot: OneSlot
    evening: Evening


def page(figures: Figures, *, day: date) -> str:
    parts = [HEAD.format(day=day.isoformat(), machine=figures.machine, workers=figures.workers)]
    parts += [_throughput(mode, levels) for mode, levels in figures.throughput.items()]
    parts.append(MEMORY.format(web=figures.processes["web"], queue=figures.processes["queue 1"]))
    parts += [_one_slot(figures.one_slot), _evening(figures.evening)]
    return "".join(parts)


def errors(figures: Figures) -> int:
    return kinds_of_errors(figures).total() + len(figures.one_slot.wrong)


def kinds_of_errors(figures: Figures) -> Counter[str]:
    return sum((times.errors for times in _all_times(figures)), Counter())


def _all_times(figures: Figures) -> list[Times]:
    levels = [level.times for levels in figures.throughput.values() for level in levels]
    return [*levels, figures.one_slot.times, figures.evening.times]


def _throughput(mode: str, levels: Sequence[Level]) -> str:
    units = list(levels[0].memory)
    head = THROUGHPUT.format(mode=mode, units=" | ".join(units), lines="|".join("---:" for _unit in units))
    rows = (
        f"| {level.clients} | {level.per_second:.1f} | {_percentiles(level.times)} | "
        f"{level.times.errors.total()} | {' | '.join(f'{level.memory.get(unit, 0):.0f}' for unit in units)} |"
        for level in levels
    )
    return head + "\n".join(rows) + "\n"


def _percentiles(times: Times) -> str:
    return " | ".join(f"{times.percentile(percent):.0f}" for percent in (50, 95, 99))


def _facts(times: Times) -> dict[str, float]:
    return {
        **{f"p{percent}": times.percentile(percent) for percent in (50, 95, 99)},
        "longest": times.longest,
        "errors": times.errors.total(),
    }


def _one_slot(found: OneSlot) -> str:
    return ONE_SLOT.format(
        callers=CALLERS_AT_ONCE,
        others=CALLERS_AT_ONCE - 1,
        slots=SLOTS,
        seconds=max(found.seconds),
        wrong="; ".join(found.wrong) or "nothing",
        **_facts(found.times),
    )


def _evening(found: Evening) -> str:
    per_second = len(found.times.answers) / found.seconds
    return EVENING.format(
        calls=CALLS,
        factor=found.factor,
        per_second=per_second,
        real=per_second / found.factor,
        booked=found.booked,
        requests=len(found.times.answers),
        **_facts(found.times),
    )
