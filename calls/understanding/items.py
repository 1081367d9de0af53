"""What a phrase is made of, once words are read: days, clock times, and words that relate them."""

from dataclasses import dataclass
from typing import Literal

from calls.understanding.results import Field

Choice = Literal["", "this", "coming", "next", "after_next", "last", "each"]

SpanKind = Literal["week", "weekend", "month", "year"]
SpanPart = Literal["", "start", "middle", "end"]
DistanceUnit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`field` is the argument it came from."""

    field: Field = "datum"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeDay(Item):
    """As in "heute" 0, "morgen" 1."""

    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekday(Item):
    """Monday 0 … Sunday 6. `near` is the day item this one corrects."""

    day: int
    choice: Choice = ""
    near: "MonthDay | RelativeDay | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay(Item):
    """As in "am zehnten" (no month), "15.10." (no year), "27.09.2025".

    `clipped`: written "15.1", which recognisers make of 15.10., 15.11. and 15.12. too (A4).
    `swapped`: written with slashes, where day and month may stand either way round.
    """

    day: int
    month: int | None = None
    year: int | None = None
    clipped: bool = False
    swapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NthWeekday(Item):
    """As in "zweiter Dienstag im März"; `nth` -1 is the last. `months` counts from this month."""

    nth: int
    day: int
    month: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feast(Item):
    """A feast by its key in `feasts.py`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance(Item):
    """As in "in drei Wochen". `vague`: "in zwei, drei Wochen", "in etwa einem Monat"."""

    amount: int
    unit: DistanceUnit
    vague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(Item):
    """As in "in einer halben Stunde": minutes from now."""

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Item):
    """A period without a day. `ahead` counts weeks, months or years from now; `number` names it instead."""

    kind: SpanKind
    ahead: int | None = None
    number: int | None = None
    part: SpanPart = ""
    choice: Choice = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Item):
    """A clock time as built from the words, before a day part decides the half of the day.

    `minute` is of the day. `fixed`: cannot mean the other half (15 Uhr, null Uhr).
    `machine`: "0H:MM". `exact`: from an ISO date-time, taken as written.
    `quarter`: "Viertel drei", which is not everyone's 14:15. `doubtful`: "sechs sechzehn Uhr".
    """

    minute: int
    fixed: bool = False
    machine: bool = False
    exact: bool = False
    quarter: bool = False
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPart(Item):
    """As in "vormittags"."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Item):
    """A number that no rule has read yet. `second` follows it directly ("zehn dreißig")."""

    value: int
    second: int | None = None
    digits: bool = False


MarkName = Literal[
    "at", "about", "about_after", "from", "until", "between", "of", "onto", "or", "and", "else",
    "correction", "weak_correction", "not", "prefer", "comma", "break", "any_time", "later", "afterwards",
    "earlier",
    "same_day", "shifted_day", "unknown_period", "same_time", "shifted_time", "unclear_day", "unclear_time",
    "bad_time", "onwards",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Item):
    """A word that relates others, or says why something cannot be settled."""

    name: MarkName


Day = RelativeDay | Weekday | MonthDay | NthWeekday | Feast | Distance
DAYS = (RelativeDay, Weekday, MonthDay, NthWeekday, Feast, Distance)
