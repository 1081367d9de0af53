"""Which time of the day is meant: a time, ordered wishes, a window, or a question."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calls.understanding.clock import DAY, EVENING_BEGINS, HALF_DAY, MORNING_ENDS, WINDOWS, allows, settle
from calls.understanding.items import Clock, DayPart, Item, Mark, Number
from calls.understanding.repair import is_mark


@dataclass(frozen=True, slots=True)
class TimeFinding:
    """Minutes of the day. `times` in order of preference. `said`: the phrase spoke of a time at all."""

    times: tuple[int, ...] = ()
    window: tuple[int, int] | None = None
    approximate: bool = False
    candidates: tuple[int, ...] = ()
    question: str | None = None
    invalid: bool = False

    @property
    def is_settled(self) -> bool:
        return self.question is None and bool(self.times or self.window)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A clock time with what stands before it: "from", "until", or nothing."""

    clock: Clock
    side: str
    part: str | None
    strict: bool
    preferred: bool
    segment: int


def find_time(items: Sequence[Item], *, opening: tuple[int, int]) -> TimeFinding:
    """The time all `items` together mean on a day with that opening."""
    if any(is_mark(item, "bad_time") for item in items):
        return TimeFinding(question="invalid_time", invalid=True)
    if any(is_mark(item, "unclear_time") for item in items):
        return TimeFinding(question="which_time")
    if any(is_mark(item, "shifted_time", "same_time") for item in items):
        return TimeFinding(question="refers_to_earlier")
    bounds = _bounds(items)
    approximate = any(is_mark(item, "about", "about_after") for item in items)
    if not bounds:
        return _from_day_parts(items, opening, approximate)
    settled = [_settle(bound, opening[0]) for bound in bounds]
    for finding in settled:
        if isinstance(finding, TimeFinding):
            return finding
    minutes = [minute for minute in settled if isinstance(minute, int)]
    if any(bound.side for bound in bounds):
        return _window(items, bounds, minutes, opening, approximate)
    return _points(items, bounds, minutes, approximate)


def _bounds(items: Sequence[Item]) -> list[_Bound]:
    """Clock times with their side; "zwischen A und B", "von A bis B" and "A bis B" are two sides."""
    segments = _segments(items)
    parts = {
        s: [i.name for i, n in zip(items, segments, strict=True) if n == s and isinstance(i, DayPart)]
        for s in segments
    }
    anywhere = {name for names in parts.values() for name in names}
    bounds: list[_Bound] = []
    for i, item in enumerate(items):
        if not isinstance(item, Clock):
            continue
        own = parts[segments[i]]
        part = own[0] if own else next(iter(anywhere)) if len(anywhere) == 1 else None
        side = _side(items, i)
        preferred = any(
            is_mark(before, "prefer")
            for before, n in zip(items[:i], segments, strict=False)
            if n == segments[i]
        )
        bounds.append(_Bound(item, side, part, bool(own) and not side, preferred, segments[i]))
    return bounds


def _segments(items: Sequence[Item]) -> list[int]:
    """Number of the alternative each item belongs to."""
    numbers, current = [], 0
    for item in items:
        if is_mark(item, "or", "else"):
            current += 1
        numbers.append(current)
    return numbers


def _side(items: Sequence[Item], i: int) -> str:
    before = [
        item
        for item in items[:i]
        if not is_mark(item, "at", "about", "break") and not isinstance(item, DayPart)
    ]
    last, earlier = (before[-1] if before else None), before[-2:-1]
    after = next(
        (item for item in items[i + 1 :] if not is_mark(item, "at", "about", "break", "about_after", "or")),
        None,
    )
    if is_mark(last, "from"):
        return "from"
    if is_mark(last, "between"):
        return "from"
    if is_mark(last, "until"):
        return "until"
    if (
        is_mark(last, "and")
        and isinstance(earlier[0] if earlier else None, Clock)
        and _opened_between(before[:-2])
    ):
        return "until"
    if is_mark(after, "until", "onwards", "later"):
        return "from"
    return "until" if is_mark(after, "earlier") else ""


def _opened_between(before: Sequence[Item]) -> bool:
    return any(is_mark(item, "between") for item in before[-2:])


def _settle(bound: _Bound, opens: int) -> int | TimeFinding:
    part = bound.part
    if part and not bound.strict and not _fits(bound.clock, part):
        part = None  # "um zehn oder nachmittags um drei": the part belongs to the other time
    found = settle(bound.clock, part, opens=opens)
    if found.minute is not None:
        return found.minute
    return TimeFinding(candidates=found.candidates, question=found.question)


def _fits(clock: Clock, part: str) -> bool:
    minutes = (
        (clock.minute,)
        if clock.fixed or clock.machine
        else (clock.minute % HALF_DAY, clock.minute % HALF_DAY + HALF_DAY)
    )
    return any(allows(part, minute) for minute in minutes)


def _points(
    items: Sequence[Item], bounds: Sequence[_Bound], minutes: Sequence[int], approximate: bool
) -> TimeFinding:
    ordered = [
        m for b, m in sorted(zip(bounds, minutes, strict=True), key=lambda pair: not pair[0].preferred)
    ]
    times = tuple(dict.fromkeys(ordered))
    if len(times) > 1 and not _are_alternatives(items):
        return TimeFinding(candidates=times, question="two_times")
    return TimeFinding(times=times, approximate=approximate)


def _are_alternatives(items: Sequence[Item]) -> bool:
    """Whether every two different times are joined by "oder" or the like, or listed before one."""
    clocks = [i for i, item in enumerate(items) if isinstance(item, Clock)]
    gaps = [items[a + 1 : b] for a, b in zip(clocks, clocks[1:], strict=False)]
    joined = [any(is_mark(item, "or", "else", "prefer") for item in gap) for gap in gaps]
    listed = [all(is_mark(item, "comma", "at") for item in gap) and bool(gap) for gap in gaps]
    same = [_same(items[a], items[b]) for a, b in zip(clocks, clocks[1:], strict=False)]
    return any(joined) and all(
        j or s or (lst and any(joined[n:]))
        for n, (j, lst, s) in enumerate(zip(joined, listed, same, strict=True))
    )


def _same(a: Item, b: Item) -> bool:
    return isinstance(a, Clock) and isinstance(b, Clock) and a.minute % HALF_DAY == b.minute % HALF_DAY


def _window(
    items: Sequence[Item],
    bounds: Sequence[_Bound],
    minutes: Sequence[int],
    opening: tuple[int, int],
    approximate: bool,
) -> TimeFinding:
    starts = list(dict.fromkeys(m for b, m in zip(bounds, minutes, strict=True) if b.side == "from"))
    ends = list(dict.fromkeys(m for b, m in zip(bounds, minutes, strict=True) if b.side == "until"))
    points = {m for b, m in zip(bounds, minutes, strict=True) if not b.side}
    if len(starts) > 1 or len(ends) > 1 or points or len({b.segment for b in bounds}) > 1:
        return TimeFinding(candidates=tuple(dict.fromkeys(minutes)), question="two_times")
    parts = [item.name for item in items if isinstance(item, DayPart)]
    low, high = _limits(parts, opening)
    if starts and ends:
        return _closed_window(starts[0], ends[0], opening, approximate)
    if starts:
        return TimeFinding(window=(starts[0], high if high > starts[0] else DAY), approximate=approximate)
    if low >= ends[0]:  # "bis acht" before the salon opens: the evening's eight, or nothing
        later = (ends[0] + HALF_DAY,) if ends[0] < HALF_DAY else ()
        return TimeFinding(candidates=(ends[0], *later), question="which_half_of_day")
    return TimeFinding(window=(low, ends[0]), approximate=approximate)


def _closed_window(start: int, end: int, opening: tuple[int, int], approximate: bool) -> TimeFinding:
    """ "zwischen sechs und acht": the second end is in the same half of the day as the first."""
    if end <= start < end + HALF_DAY < DAY and start < opening[1]:
        end += HALF_DAY
    if end <= start:
        return TimeFinding(candidates=(start, end), question="which_time")
    return TimeFinding(window=(start, end), approximate=approximate)


def _limits(parts: Iterable[str], opening: tuple[int, int]) -> tuple[int, int]:
    """Where an open end lies: opening and closing, or the day part said with it."""
    named = [WINDOWS[part] for part in parts if part in WINDOWS]
    return named[0] if len(named) == 1 else opening


def _from_day_parts(items: Sequence[Item], opening: tuple[int, int], approximate: bool) -> TimeFinding:
    names = list(dict.fromkeys(item.name for item in items if isinstance(item, DayPart)))
    if len(names) == 2 and "morning" in names and not any(is_mark(item, "or", "else") for item in items):
        names.remove("morning")  # "früh am Nachmittag", "früh abends"
    if len(names) > 1:
        return TimeFinding(question="which_time")
    if names:
        return _part_window(items, names[0], opening, approximate)
    if any(is_mark(item, "any_time") for item in items):
        return TimeFinding(window=opening)
    if any(isinstance(item, Number) for item in items):
        return TimeFinding(question="unclear_number")
    return TimeFinding()


def _part_window(
    items: Sequence[Item], name: str, opening: tuple[int, int], approximate: bool
) -> TimeFinding:
    opens, closes = opening
    if name == "night":
        return TimeFinding(question="which_time")
    start, end = WINDOWS.get(name, (0, 0))
    if name == "morning":
        start, end = (opens if opens < MORNING_ENDS else 0), MORNING_ENDS
    if name == "evening":
        start, end = EVENING_BEGINS, closes if closes > EVENING_BEGINS else DAY
    at = next(i for i, item in enumerate(items) if isinstance(item, DayPart))
    before = items[at - 1] if at else None
    if is_mark(before, "from"):
        return TimeFinding(window=(start, closes if closes > start else DAY), approximate=approximate)
    if is_mark(before, "until", "between"):
        return TimeFinding(question="which_time")
    return TimeFinding(window=(start, end), approximate=approximate)


def as_time(minute: int) -> dt.time:
    """Minute of the day as a clock time; 24:00 is not one."""
    return dt.time(minute // 60, minute % 60)


def leftover_numbers(items: Sequence[Item]) -> list[Number]:
    """Numbers no rule could read."""
    return [item for item in items if isinstance(item, Number)]


def unread_marks(items: Sequence[Item]) -> list[Mark]:
    """Negations of nothing known: they may take back what was understood."""
    return [item for item in items if isinstance(item, Mark) and item.name == "not"]
