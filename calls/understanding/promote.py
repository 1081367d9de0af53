"""Bare numbers beside days, times and prepositions become clock times ("um zehn", "morgen zehn dreißig")."""

from collections.abc import Sequence

from calls.understanding.clock_rules import build
from calls.understanding.items import DAYS, Clock, DayPart, Item, Mark, MonthDay, Number, Span, Weekday

_BEFORE = frozenset({"at", "about", "from", "until", "between", "prefer"})
_JOINING = frozenset({"or", "and", "until", "comma", "else", "correction", "weak_correction", "onto"})
_STEPS = range(15, 60, 5)


def promote(items: Sequence[Item]) -> list[Item]:
    """Numbers that can only be clock times turned into them; other numbers stay, and will be asked about."""
    result = list(items)
    for _ in range(3):  # a chain "neun, zehn oder elf Uhr" is read from its known end
        for i, item in enumerate(result):
            if isinstance(item, Number) and _is_time(item, result, i):
                result[i] = _clock(item)
    return result


def _clock(item: Number) -> Item:
    if item.second is None:
        return build(item.value, 0, field=item.field)
    follows = item.second == item.value + 1 or item.second not in _STEPS
    if not follows or (item.digits and item.second < 60):
        return build(item.value, item.second, field=item.field)
    return Mark(name="unclear_time", field=item.field)


def _is_time(item: Number, items: Sequence[Item], i: int) -> bool:
    before, after = _neighbour(items, i, -1), _neighbour(items, i, 1)
    if item.field == "uhrzeit" or (isinstance(before, Mark) and before.name in _BEFORE):
        return True
    if isinstance(after, DayPart) or (isinstance(after, Mark) and after.name == "about_after"):
        return True
    return _follows_day(item, items, i) or isinstance(before, DayPart) or _is_joined(items, i)


def _neighbour(items: Sequence[Item], i: int, step: int) -> Item | None:
    return items[i + step] if 0 <= i + step < len(items) else None


def _follows_day(item: Number, items: Sequence[Item], i: int) -> bool:
    """Whether a day stands before: then "Freitag zehn" is ten o'clock.

    But "am fünfzehnten elf" may be November, and "Freitag 15" the fifteenth.
    """
    before = _neighbour(items, i, -1)
    if isinstance(before, Mark) and before.name == "comma":
        before = _neighbour(items, i - 1, -1)
    if isinstance(before, MonthDay):
        return before.month is not None or item.value > 12
    if isinstance(before, Weekday) and item.digits:
        return item.value <= 12 or item.second is not None
    if isinstance(before, Span):
        return before.kind != "month"  # "Dezember 20" is a day to some
    return isinstance(before, DAYS)


def _is_joined(items: Sequence[Item], i: int) -> bool:
    """Joined to a clock time by "oder", "bis", a comma: then it is one too."""
    for step in (-1, 1):
        at = i + step
        joined = False
        while 0 <= at < len(items):
            item = items[at]
            if not (isinstance(item, Mark) and (item.name in _JOINING or item.name in _BEFORE)):
                break
            joined, at = joined or item.name in _JOINING, at + step
        if joined and 0 <= at < len(items) and isinstance(items[at], Clock):
            return True
    return False
