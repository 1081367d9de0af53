"""What happened in a sequence, in its order, for the script that replays it; and counts over all of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone


@dataclass(frozen=True)
class Entry:
    """``second`` since the sequence began. ``kind``: ``phone``, ``counter``, ``calendar``, ``works`` can be
    played again; ``unplayed`` only says what happened.
    """

    second: float
    kind: str
    facts: Mapping[str, Any]


@dataclass
class Journal:
    began: datetime
    entries: list[Entry] = field(default_factory=list)

    def note(self, kind: str, **facts: Any) -> None:
        second = round((timezone.now() - self.began).total_seconds(), 1)
        self.entries.append(Entry(second, kind, facts))


@dataclass
class Tally:
    """``faults``: those that have struck, not those that were arranged. ``answers``: what callers heard."""

    sequences: int = 0
    steps: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        return {
            key: dict(value) if isinstance(value, Counter) else value for key, value in vars(self).items()
        }

    def add(self, other: Mapping[str, Any]) -> None:
        self.sequences += other["sequences"]
        self.steps += other["steps"]
        for name in ("rules", "faults", "answers"):
            getattr(self, name).update(other[name])


# Of this process.
TALLY = Tally()
