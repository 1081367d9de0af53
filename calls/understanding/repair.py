"""What a caller takes back: negations ("nicht Montag") and corrections ("nein, lieber Dienstag").

After a correction the last value counts; what the new words do not replace stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from calls.understanding.items import (
    DAYS,
    Clock,
    DayPart,
    Item,
    Mark,
    MarkName,
    MonthDay,
    Number,
    RelativeDay,
    Shift,
    Span,
    Weekday,
)

_FLIPPED: dict[MarkName, MarkName] = {"from": "until", "until": "from"}
_CLAUSE_ENDS = frozenset({"comma", "break", "or", "else", "correction", "weak_correction", "and"})
_TIME_MARKS = frozenset(
    {"at", "about", "about_after", "from", "until", "between", "onwards", "later", "earlier"}
)
_CORRECTIONS = frozenset({"correction", "weak_correction"})
_STANDALONE = (*DAYS, Clock, Span, DayPart, Shift)


def is_mark(item: Item | None, *names: str) -> bool:
    """Whether an item is one of these marks."""
    return isinstance(item, Mark) and item.name in names


def repair(items: Sequence[Item]) -> list[Item]:
    """Items with everything taken back removed. A "not" that stays negated nothing known: ask."""
    return _correct(_move_target(_negate(list(items))))


def _negate(items: list[Item]) -> list[Item]:
    i = 0
    while i < len(items):
        if is_mark(items[i], "not"):
            items, i = _negate_at(items, i)
        i += 1
    return items


def _negate_at(items: list[Item], i: int) -> tuple[list[Item], int]:
    """Drop what the "not" at `i` negates, and the index to go on from.

    "nicht am Montag" negates what follows, "Montag geht nicht" its clause, and
    "vor zehn nicht" turns into "ab zehn".
    """
    following = i + 1
    while following < len(items) and is_mark(items[following], "at", "about", "of", "onto"):
        following += 1
    target = items[following] if following < len(items) else None
    if isinstance(target, (*_STANDALONE, Number)):
        return items[:i] + items[_end_of_negated(items, following) :], i - 1
    if is_mark(target, "from", "until"):
        return items, i
    start = _clause_start(items, i)
    clause = items[start:i]
    if not any(isinstance(item, _STANDALONE) for item in clause):
        # "nicht diese, sondern nächste Woche": what is denied was no whole value.
        # "ach nee, da kann ich nicht, Freitag": it only says once more what the correction said.
        is_said = _corrected_next(items, i) or _corrected_before(items, start)
        return (items[:i] + items[i + 1 :], i - 1) if is_said else (items, i)
    if any(isinstance(item, Clock) for item in clause) and any(is_mark(item, *_FLIPPED) for item in clause):
        return items[:start] + [_flip(item) for item in clause] + items[i + 1 :], i - 1
    kept: list[Item] = [item for item in clause if isinstance(item, Span)]
    if len(kept) == sum(isinstance(item, _STANDALONE) for item in clause):
        kept = []  # the period itself is refused: "nächste Woche geht nicht"
    return items[:start] + kept + items[i + 1 :], start + len(kept) - 1


def _end_of_negated(items: Sequence[Item], at: int) -> int:
    """The words "nicht morgen früh" are negated together, of "nicht um zehn am Freitag" only the first."""
    end = at + 1
    if isinstance(items[at], DAYS):
        while end < len(items) and isinstance(items[end], (DayPart, Span)):
            end += 1
    return end


def _corrected_next(items: Sequence[Item], i: int) -> bool:
    after = next((item for item in items[i + 1 :] if not is_mark(item, "comma")), None)
    return is_mark(after, "correction")


def _corrected_before(items: Sequence[Item], start: int) -> bool:
    before = next((item for item in reversed(items[:start]) if not is_mark(item, "comma")), None)
    return is_mark(before, "correction")


def _flip(item: Item) -> Item:
    return (
        replace(item, name=_FLIPPED[item.name]) if isinstance(item, Mark) and item.name in _FLIPPED else item
    )


def _clause_start(items: Sequence[Item], i: int) -> int:
    start = i
    while start > 0 and not is_mark(items[start - 1], *_CLAUSE_ENDS):
        start -= 1
    return start


def _move_target(items: list[Item]) -> list[Item]:
    """As in "von elf Uhr auf vierzehn Uhr": the old time goes, the new one stays."""
    for i, item in enumerate(items):
        if not is_mark(item, "onto"):
            continue
        for start in range(i - 1, -1, -1):
            if is_mark(items[start], "break", "correction"):
                break
            target = items[i + 1 :]
            if is_mark(items[start], "of") and any(isinstance(t, (*DAYS, Clock, Span)) for t in target):
                return items[:start] + target
    return items


def _correct(items: list[Item]) -> list[Item]:
    """Apply corrections from left to right."""
    while True:
        at = next((i for i, item in enumerate(items) if is_mark(item, *_CORRECTIONS)), None)
        if at is None:
            return items
        left, right = items[:at], items[at + 1 :]
        while left and is_mark(left[-1], "or", "comma", "and"):
            left = left[:-1]
        end = next((i for i, item in enumerate(right) if is_mark(item, *_CORRECTIONS)), len(right))
        segment, rest = right[:end], right[end:]
        if rest and all(is_mark(item, "comma", "or", "and") for item in segment):
            items = left + rest  # "nein, doch lieber": one correction
            continue
        left, segment = _replace(left, segment, strong=is_mark(items[at], "correction"))
        items = left + segment + rest


def _replace(left: list[Item], new: list[Item], *, strong: bool) -> tuple[list[Item], list[Item]]:
    says_nothing = not any(isinstance(item, (*_STANDALONE, Number)) for item in new)
    if says_nothing:
        taken_back = strong and any(isinstance(item, _STANDALONE) for item in left)
        return left, [*new, Mark(name="not")] if taken_back else new
    if any(isinstance(item, DAYS) for item in new):
        left, new = _replace_day(left, new)
    elif any(isinstance(item, Span) for item in new):
        left = _replace_span(left, next(item for item in new if isinstance(item, Span)))
    if any(isinstance(item, (Clock, Shift)) or is_mark(item, "from", "until", "between") for item in new):
        has_part = any(isinstance(item, DayPart) for item in new)
        left = [
            item for item in left
            if not isinstance(item, (Clock, Shift, Number)) and not is_mark(item, *_TIME_MARKS)
            and not is_mark(item, "bad_time", "unclear_time") and not (has_part and isinstance(item, DayPart))
        ]  # fmt: skip
    elif any(isinstance(item, DayPart) for item in new):
        left = [item for item in left if not isinstance(item, DayPart)]
    # What joined the old values joins nothing now.
    return [item for item in left if not is_mark(item, "or", "else", "and", "prefer")], new


def _replace_day(left: list[Item], new: list[Item]) -> tuple[list[Item], list[Item]]:
    days = [item for item in new if isinstance(item, DAYS)]
    old = [item for item in left if isinstance(item, DAYS)]
    only_weekday = all(isinstance(item, Weekday) and not item.choice for item in days)
    has_span = any(isinstance(item, Span) for item in new)
    new = [_inherit(item, old, left) for item in new]
    keeps_span = only_weekday and not has_span
    left = [
        item for item in left
        if not isinstance(item, DAYS) and not (isinstance(item, Span) and not keeps_span)
        and not is_mark(item, "unclear_day", "same_day", "shifted_day", "unknown_period")
    ]  # fmt: skip
    return left, new


def _inherit(item: Item, old: Iterable[Item], left: Sequence[Item]) -> Item:
    """A corrected day keeps the month it was said with; a corrected weekday stays near its date."""
    for before in old:
        if isinstance(item, MonthDay) and item.month is None and isinstance(before, MonthDay):
            return replace(item, month=before.month, year=before.year)
        if isinstance(item, Weekday) and not item.choice and isinstance(before, (MonthDay, RelativeDay)):
            return replace(item, near=before)
    months = [span for span in left if isinstance(span, Span) and span.kind == "month" and span.number]
    if isinstance(item, MonthDay) and item.month is None and months:
        return replace(item, month=months[-1].number)
    return item


def _replace_span(left: list[Item], new: Span) -> list[Item]:
    """As in "nein, diese Woche" keeps the weekday; "nein, Dezember" keeps the day of the month."""
    if new.kind == "month" and new.number:
        return [
            replace(item, month=None, year=None) if isinstance(item, MonthDay) else item
            for item in left if not (isinstance(item, Span) and item.kind == "month")
        ]  # fmt: skip
    return [item for item in left if not isinstance(item, (Span, RelativeDay, MonthDay))]
