"""What was asked and what was answered, a line each in a file, and all of it in memory."""

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any


class What(StrEnum):
    ASK = "ask"
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """``UNANSWERED``: no answer, or one that says nothing (``error``). ``BAD``: one that must never be."""

    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    BAD = "bad"


@dataclass(slots=True)
class Act:
    """Something that somebody wanted, with all its deliveries.

    ``key`` finds the row that a booking makes: the call's id, or a mark in the notes. ``start``: the wished
    or promised one; ``appointment``: as answered, or as asked for a change. ``deliveries``: how each ended.
    """

    actor: str
    what: What
    name: str
    key: str = ""
    appointment: int | None = None
    start: datetime | None = None
    staff: str = ""
    outcome: Outcome = Outcome.UNANSWERED
    status: str = ""
    began: float = 0.0
    ended: float = 0.0
    deliveries: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Thread-safe. Instants in seconds of ``time.time()``."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()
        self.acts: list[Act] = []
        self.wrong: list[str] = []

    def note(self, act: Act) -> Act:
        act.ended = time.time()
        with self._lock:
            self.acts.append(act)
            self._write({name: getattr(act, name) for name in Act.__slots__})
        return act

    def note_fault(self, kind: str, *, ends: bool = False) -> float:
        now = time.time()
        with self._lock:
            self._write({"fault": kind, "at": now, "ends": ends})
        return now

    def complain(self, sentence: str) -> None:
        """What can be seen to be wrong at once."""
        with self._lock:
            self.wrong.append(sentence)
            self._write({"wrong": sentence, "at": time.time()})

    def close(self) -> None:
        self._file.close()

    def by_outcome(self) -> dict[str, Counter[str]]:
        """For each kind of act by each actor, how many ended how."""
        counted: dict[str, Counter[str]] = {}
        for act in self.acts:
            counted.setdefault(f"{act.actor}: {act.what}", Counter())[act.outcome] += 1
        return counted

    def _write(self, document: dict[str, Any]) -> None:
        self._file.write(json.dumps(document, default=str, ensure_ascii=False) + "\n")
        self._file.flush()
