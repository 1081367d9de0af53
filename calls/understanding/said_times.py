"""Clock times as they stand in a phrase: which side of a window, which part of the day, which alternative."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from calls.understanding.clock import allows, halves
from calls.understanding.items import Clock, DayPart, Item, Mark
from calls.understanding.repair import is_mark

Side = Literal["", "from", "until"]
_BETWEEN_WORDS = ("at", "about", "break", "about_after", "or")
_OR_LATER: dict[str, Side] = {"later": "from", "earlier": "until"}


@dataclass(frozen=True, slots=True)
class SaidTime:
    """A clock time and its place. `part` decides the half of the day.

    `own_part`: the part was said with this very time, so it must fit.
    `segment` numbers the alternatives joined by "oder" and the like.
    """

    clock: Clock
    side: Side
    part: str | None
    own_part: bool
    preferred: bool
    segment: int


def said_times(items: Sequence[Item]) -> list[SaidTime]:
    """All clock times in order; "zwischen A und B", "von A bis B" and "A bis B" are two sides."""
    numbers = segments(items)
    parts = parts_by_segment(items)
    anywhere = {name for names in parts.values() for name in names}
    shared = next(iter(anywhere)) if len(anywhere) == 1 else None
    found: list[SaidTime] = []
    for i, item in enumerate(items):
        if isinstance(item, Clock):
            own = parts[numbers[i]]
            part = own[0] if own else shared
            if part and not (own or _fits(item, part)):
                part = None  # "um zehn oder nachmittags um drei": the part belongs to the other time
            preferred = any(is_mark(items[n], "prefer") and numbers[n] == numbers[i] for n in range(i))
            found.append(SaidTime(item, _side(items, i), part, bool(own), preferred, numbers[i]))
    return _without_ill_fitting_ends(found)


def segments(items: Sequence[Item]) -> list[int]:
    """Number of the alternative each item belongs to."""
    numbers, current = [], 0
    for item in items:
        current += is_mark(item, "or", "else")
        numbers.append(current)
    return numbers


def parts_by_segment(items: Sequence[Item]) -> dict[int, list[str]]:
    """Parts of the day by alternative; "früh" beside another ("früh am Nachmittag") says nothing."""
    parts: dict[int, list[str]] = {}
    for item, number in zip(items, segments(items), strict=True):
        names = parts.setdefault(number, [])
        if isinstance(item, DayPart) and item.name not in names:
            names.append(item.name)
    for names in parts.values():
        if len(names) > 1 and "morning" in names:
            names.remove("morning")
    return parts


def _fits(clock: Clock, part: str) -> bool:
    return any(allows(part, minute) for minute in halves(clock))


def _without_ill_fitting_ends(found: list[SaidTime]) -> list[SaidTime]:
    """As in "vormittags zwischen elf und eins": the part need fit one end of a window only."""
    ends = [said for said in found if said.side and said.part]
    if not any(said.part and _fits(said.clock, said.part) for said in ends):
        return found
    return [
        SaidTime(said.clock, said.side, None, False, said.preferred, said.segment)
        if said in ends and said.part and not _fits(said.clock, said.part)
        else said
        for said in found
    ]


def _side(items: Sequence[Item], i: int) -> Side:
    before = [
        item
        for item in items[:i]
        if not is_mark(item, "at", "about", "break") and not isinstance(item, DayPart)
    ]
    last = before[-1] if before else None
    if is_mark(last, "from", "between"):
        return "from"
    if is_mark(last, "until") or _closes_between(before):
        return "until"
    after = [item for item in items[i + 1 :] if not is_mark(item, *_BETWEEN_WORDS)]
    if after and is_mark(after[0], "until", "onwards"):
        return "from"
    beyond = next((item for item in after if not is_mark(item, "comma")), None)
    return _OR_LATER.get(beyond.name, "") if isinstance(beyond, Mark) else ""


def _closes_between(before: Sequence[Item]) -> bool:
    """Whether "zwischen A und" stands right before."""
    if len(before) < 3 or not is_mark(before[-1], "and"):
        return False
    return isinstance(before[-2], Clock) and any(is_mark(item, "between") for item in before[-4:-2])
