"""The day of a whole phrase: alternatives, bounded days and references to earlier words are questions."""

import datetime as dt
from collections.abc import Sequence

from calls.understanding.dates import find_day
from calls.understanding.day_finding import DayFinding, ask
from calls.understanding.items import DAYS, Item, Span
from calls.understanding.repair import is_mark

_JOINS = ("or", "else", "and", "until")
_BOUNDS = ("about", "from", "until", "between")


def find_wanted_day(items: Sequence[Item], *, today: dt.date) -> DayFinding:
    """The day all items of a phrase mean together, or what to ask."""
    groups = _alternatives(items)
    whole = [item for group in groups for item in group]
    if any(is_mark(item, "shifted_day") for item in items):
        return DayFinding(question="refers_to_earlier")
    if any(is_mark(item, "unknown_period") for item in items):
        return DayFinding(question="which_day")
    if not whole:
        refers = any(is_mark(item, "same_day") for item in items)
        vague = any(is_mark(item, "unclear_day") for item in items)
        return DayFinding(
            question="refers_to_earlier" if refers else "which_day", unsaid=not refers and not vague
        )
    if any(_is_bounded(items, i) for i, item in enumerate(items) if isinstance(item, (*DAYS, Span))):
        finding = find_day(whole, today=today)
        return finding if finding.invalid else DayFinding(question="which_day")
    if len(groups) > 1:
        return _any_of(groups, today)
    return find_day(whole, today=today)


def _alternatives(items: Sequence[Item]) -> list[list[Item]]:
    """Day items by alternative; a period said apart ("nächste Woche, und zwar Montag") belongs to the day."""
    groups: list[list[Item]] = [[]]
    for item in items:
        if is_mark(item, *_JOINS) and groups[-1]:
            groups.append([])
        elif isinstance(item, (*DAYS, Span)):
            groups[-1].append(item)
    merged: list[list[Item]] = []
    for group in filter(None, groups):
        if merged and _only_spans(group) != _only_spans(merged[-1]):
            merged[-1] = merged[-1] + group
        else:
            merged.append(group)
    return merged


def _only_spans(group: Sequence[Item]) -> bool:
    return all(isinstance(item, Span) for item in group)


def _is_bounded(items: Sequence[Item], i: int) -> bool:
    """Whether "ab", "bis", "vor", "gegen" stands right before a day: then it is no day."""
    at = i - 1
    while at >= 0 and isinstance(items[at], (*DAYS, Span)):
        at -= 1
    return at >= 0 and is_mark(items[at], *_BOUNDS)


def _any_of(groups: Sequence[Sequence[Item]], today: dt.date) -> DayFinding:
    """Days joined by "oder": ask with each. A period said once holds for all of them."""
    shared = [item for group in groups for item in group if isinstance(item, Span)]
    findings = [
        find_day([*group, *([] if any(isinstance(item, Span) for item in group) else shared)], today=today)
        for group in groups
    ]
    dates = {date for f in findings for date in ([f.date] if f.date else f.candidates)}
    if len(dates) == 1 and all(finding.date for finding in findings):
        return findings[0]
    return ask("which_day", dates, today=today)
