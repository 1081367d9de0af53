"""The run on one page, and as JSON."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.chaos.journal import Outcome

# Of the violations the first so many are shown; the file has all.
SHOWN = 40


@dataclass
class Result:
    seed: int
    minutes: float
    broken: str = ""
    faults: Mapping[str, int] = field(default_factory=dict)
    recoveries: Mapping[str, float] = field(default_factory=dict)
    restarts: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    rest_seconds: float = 0.0
    appointments: Mapping[str, int] = field(default_factory=dict)
    in_calendar: int = 0
    letters: Mapping[str, int] = field(default_factory=dict)
    cases: Mapping[str, int] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def as_json(result: Result) -> str:
    return json.dumps(vars(result), ensure_ascii=False, indent=1)


def as_text(result: Result) -> str:
    broken = f", without {result.broken}" if result.broken else ""
    requests = sum(sum(counts.values()) for counts in result.answers.values())
    parts = [
        f"Chaos, seed {result.seed}, {result.minutes:g} minutes{broken}",
        "",
        _faults(result),
        "",
        _answers(result.answers),
        "",
        *_lines(
            {
                "asked for": f"{requests}",
                "deliveries": _counts(result.deliveries),
                "started again": _counts(result.restarts),
                "at rest after": f"{result.rest_seconds:.0f} s",
                "appointments": _counts(result.appointments),
                "standing in the calendar": f"{result.in_calendar}",
                "messages to customers": _counts(result.letters),
                "cases for staff": _counts(result.cases),
                "other findings, to be expected": _counts(result.expected),
                "VIOLATIONS": f"{len(result.violations)}",
            }
        ),
        *(f"  {sentence}" for sentence in result.violations[:SHOWN]),
    ]
    return "\n".join(parts)


def _faults(result: Result) -> str:
    width = max((len(kind) for kind in result.faults), default=0)
    head = f"{'fault':<{width}}  times  felt for at most"
    rows = (
        f"{kind:<{width}}  {times:>5}  {result.recoveries.get(kind, 0.0):>13.1f} s"
        for kind, times in sorted(result.faults.items())
    )
    return "\n".join([head, *rows])


def _answers(answers: Mapping[str, Mapping[str, int]]) -> str:
    width = max((len(name) for name in answers), default=0)
    head = f"{'':<{width}}  " + "  ".join(f"{outcome:>10}" for outcome in Outcome)
    rows = (
        f"{name:<{width}}  " + "  ".join(f"{counts.get(outcome, 0):>10}" for outcome in Outcome)
        for name, counts in sorted(answers.items())
    )
    return "\n".join([head, *rows])


def _lines(facts: Mapping[str, str]) -> list[str]:
    width = max(len(name) for name in facts)
    return [f"{name:<{width}}  {value}" for name, value in facts.items()]


def _counts(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{number} {name}" for name, number in Counter(counts).most_common()) or "none"
