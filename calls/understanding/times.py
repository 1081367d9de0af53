"""Which time of the day is meant: a time, ordered wishes, a window, or a question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from calls.understanding.clock import HALF_DAY, Minute, settle
from calls.understanding.items import Clock, DayPart, Item
from calls.understanding.repair import is_mark
from calls.understanding.said_times import SaidTime, parts_by_segment, said_times
from calls.understanding.windows import Window, open_window, part_window


@dataclass(frozen=True, slots=True)
class TimeFinding:
    """Minutes of the day: `times` in order of preference, or a `window`, or `candidates` and a question.

    All empty: nothing was said about the time. `invalid`: no day has such a time.
    """

    times: tuple[int, ...] = ()
    window: Window | None = None
    approximate: bool = False
    candidates: tuple[int, ...] = ()
    question: str | None = None
    invalid: bool = False

    @property
    def is_settled(self) -> bool:
        return self.question is None and bool(self.times or self.window)


def find_time(items: Sequence[Item], *, opening: Window) -> TimeFinding:
    """The time all `items` together mean on a day with that opening."""
    if any(is_mark(item, "bad_time") for item in items):
        return TimeFinding(question="invalid_time", invalid=True)
    if any(is_mark(item, "unclear_time") for item in items):
        return TimeFinding(question="which_time")
    if any(is_mark(item, "shifted_time", "same_time") for item in items):
        return TimeFinding(question="refers_to_earlier")
    said = said_times(items)
    if said and any(_is_afterwards(items, i) for i in range(len(items))):
        return TimeFinding(question="refers_to_earlier")
    finding = _clock_times(said, items, opening) if said else _day_part(items, opening)
    about = any(is_mark(item, "about", "about_after") for item in items)
    return replace(finding, approximate=about and finding.is_settled)


def _is_afterwards(items: Sequence[Item], i: int) -> bool:
    """As in "um zehn bin ich beim Zahnarzt, danach ginge es"; "später Nachmittag" is a part of the day."""
    before_part = i + 1 < len(items) and isinstance(items[i + 1], DayPart)
    return is_mark(items[i], "afterwards") and not before_part


def _clock_times(said: Sequence[SaidTime], items: Sequence[Item], opening: Window) -> TimeFinding:
    parts = parts_by_segment(items)
    settled = [settle(time.clock, time.part, opens=opening[0]) for time in said]
    unsettled = next((minute for minute in settled if minute.minute is None), None)
    if unsettled:
        return TimeFinding(candidates=unsettled.candidates, question=unsettled.question)
    minutes = _minutes(settled)
    one_alternative_is_a_part = any(names and all(n != t.segment for t in said) for n, names in parts.items())
    if any(len(names) > 1 for names in parts.values()) or (
        one_alternative_is_a_part and any(is_mark(item, "or", "else") for item in items)
    ):
        return TimeFinding(candidates=minutes, question="which_time")  # "vormittags oder um drei"
    if any(time.side for time in said):
        return _window(said, minutes, parts, opening)
    return _points(said, minutes, items)


def _minutes(settled: Sequence[Minute]) -> tuple[int, ...]:
    return tuple(found.minute for found in settled if found.minute is not None)


def _points(said: Sequence[SaidTime], minutes: Sequence[int], items: Sequence[Item]) -> TimeFinding:
    """One time, or several wishes: the preferred first, otherwise in the order said."""
    ranked = sorted(zip(said, minutes, strict=True), key=lambda pair: not pair[0].preferred)
    times = tuple(dict.fromkeys(minute for _, minute in ranked))
    if len(times) > 1 and not _are_alternatives(items):
        return TimeFinding(candidates=times, question="two_times")
    return TimeFinding(times=times)


def _are_alternatives(items: Sequence[Item]) -> bool:
    """Whether different times are joined by "oder", or listed before one ("neun, zehn oder elf")."""
    clocks = [i for i, item in enumerate(items) if isinstance(item, Clock)]
    joined_later = False
    for a, b in reversed(list(pairwise(clocks))):
        gap = items[a + 1 : b]
        joined = any(is_mark(item, "or", "else", "prefer") for item in gap)
        listed = joined_later and bool(gap) and all(is_mark(item, "comma", "at") for item in gap)
        if not (joined or listed or _same_dial(items[a], items[b])):
            return False
        joined_later = joined_later or joined
    return joined_later


def _same_dial(a: Item, b: Item) -> bool:
    """As in "um drei" and "15:00" are one time said twice."""
    return isinstance(a, Clock) and isinstance(b, Clock) and a.minute % HALF_DAY == b.minute % HALF_DAY


def _window(
    said: Sequence[SaidTime], minutes: Sequence[int], parts: dict[int, list[str]], opening: Window
) -> TimeFinding:
    sides = {(time.side, minute) for time, minute in zip(said, minutes, strict=True)}
    starts = [minute for side, minute in sides if side == "from"]
    ends = [minute for side, minute in sides if side == "until"]
    is_plain = len(starts) + len(ends) == len(sides) and len({time.segment for time in said}) == 1
    if len(starts) > 1 or len(ends) > 1 or not is_plain:
        return TimeFinding(candidates=tuple(dict.fromkeys(minutes)), question="two_times")
    start, end = (starts[0] if starts else None), (ends[0] if ends else None)
    names = [name for segment in parts.values() for name in segment]
    window = open_window(start, end, names, opening)
    if window:
        return TimeFinding(window=window)
    if end is not None and start is None and end < HALF_DAY:
        return TimeFinding(candidates=(end, end + HALF_DAY), question="which_half_of_day")
    return TimeFinding(candidates=tuple(minutes), question="which_time")


def _day_part(items: Sequence[Item], opening: Window) -> TimeFinding:
    """No clock time: a part of the day, any time, or nothing."""
    names = list(dict.fromkeys(name for names in parts_by_segment(items).values() for name in names))
    if not names:
        any_time = any(is_mark(item, "any_time") for item in items)
        return TimeFinding(window=opening) if any_time else TimeFinding()
    at = next(i for i, item in enumerate(items) if isinstance(item, DayPart))
    before = items[at - 1] if at else None
    window = part_window(names[0], opening)
    if len(names) > 1 or window is None or is_mark(before, "until", "between"):
        return TimeFinding(question="which_time")
    if is_mark(before, "from"):
        window = open_window(window[0], None, (), opening)
    return TimeFinding(window=window)
