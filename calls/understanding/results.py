"""What understanding answers: codes and data, never sentences.

Days are calendar days and times wall-clock times of the salon's zone; a window
is a pair of minutes of that day, 0 to 1440, half-open. `question` is a stable
English code (see `questions.py`); the sentences are made elsewhere.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Field = Literal["datum", "uhrzeit"]
Period = tuple[int, int]
"""Opening period of a day as (opens, closes), minutes of the day, 0..1440."""

OpeningHours = Callable[[dt.date], tuple[Period, ...]]
"""Opening periods of a day, sorted; empty when the salon is closed."""


@dataclass(frozen=True, slots=True)
class When:
    """A wished time. `resolved` has a date and a time, window or preferences.

    `ask` keeps what is certain; `missing` names what is not, `candidates` the
    few days (or times) it can be. `preferences` holds every wished time in
    order when there is more than one; the first one also stands in `time`.
    """

    status: Literal["resolved", "ask", "past", "invalid", "too_far"]
    date: dt.date | None = None
    time: dt.time | None = None
    window: tuple[int, int] | None = None
    approximate: bool = False
    preferences: tuple[dt.time, ...] = ()
    candidates: tuple[dt.date | dt.time, ...] = ()
    missing: tuple[Field, ...] = ()
    question: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceName:
    """One service of the salon's catalogue. `minutes` is its whole duration."""

    id: int
    name: str
    synonyms: tuple[str, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """The wished service; `candidates` are names of the catalogue to ask with."""

    status: Literal["resolved", "ask", "not_offered"]
    id: int | None = None
    name: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffName:
    """A member of staff: full name, and other names callers use."""

    id: int
    name: str
    nicknames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffMatch:
    """The wished stylist; `candidates` are full names to ask with."""

    status: Literal["resolved", "anyone", "unknown", "ask", "missing"]
    id: int | None = None
    name: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """The caller's name; `staff` is the full name of a wished stylist."""

    status: Literal["ok", "not_a_name", "staff_wish", "missing"]
    name: str | None = None
    staff: str | None = None


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address in lower case, or why there is none."""

    status: Literal["ok", "missing", "invalid"]
    email: str | None = None
