"""Tokens → items, left to right: the first rule that reads at a position wins."""

from collections.abc import Sequence

from calls.understanding.calendar_words import DAY_PARTS, RELATIVE_DAYS, WEEKDAYS
from calls.understanding.clock_rules import CLOCK_RULES, number
from calls.understanding.day_rules import DAY_RULES, Read, kind_at, month_first, text_at
from calls.understanding.items import Clock, Item, Mark, MonthDay
from calls.understanding.marker_words import (
    CHOICE_NOUNS,
    CONDITION_ENDS,
    CONDITION_OPENERS,
    CONDITION_REFUSALS,
    PHRASES,
    UNITS,
)
from calls.understanding.span_rules import SPAN_RULES
from calls.understanding.tokens import Token

_TITLES = frozenset({"frau", "herr", "herrn", "fraeulein"})
_AFTER_COUNTED = frozenset(
    {"vor", "nach", "spaeter", "frueher", "danach", "davor", "eher", "vorher", "darauf", "drauf"}
)
_NUMERIC = frozenset({"number", "ordinal", "clock", "date", "iso"})


def scan(tokens: Sequence[Token]) -> list[Item]:
    """Items of a phrase in order; words no rule reads are left out."""
    items: list[Item] = []
    i = 0
    while i < len(tokens):
        item, after = _read(tokens, i) or (None, i + 1)
        if item is not None:
            items.append(item)
        if isinstance(item, MonthDay) and tokens[after - 1].kind == "iso":
            items += _iso_time(tokens[after - 1])
        i = after
    return items


def unread_words(tokens: Sequence[Token]) -> list[str]:
    """Words no rule reads, without one- and two-letter ones and "Uhr"."""
    unread, i = [], 0
    while i < len(tokens):
        read = _read(tokens, i)
        if read is None and tokens[i].kind == "word" and len(tokens[i].text) > 2 and tokens[i].text != "uhr":
            unread.append(tokens[i].text)
        i = read[1] if read else i + 1
    return unread


def _read(tokens: Sequence[Token], i: int) -> Read:
    for rule in _RULES:
        read = rule(tokens, i)
        if read is not None:
            return read
    return None


def _iso_time(token: Token) -> list[Item]:
    """The time of an ISO date-time, as written. Midnight is what models fill in for "no time" (I10)."""
    if len(token.parts) < 5 or token.parts[3:5] == (0, 0):
        return []
    hour, minute = token.parts[3:5]
    if hour > 23 or minute > 59:
        return [Mark(name="bad_time", field=token.field)]
    return [Clock(minute=hour * 60 + minute, fixed=True, exact=True, field=token.field)]


def _without_meaning(tokens: Sequence[Token], i: int) -> Read:
    """What must not be read: people called März, "der erste Termin", counted things."""
    text, kind, follows = text_at(tokens, i), kind_at(tokens, i), text_at(tokens, i + 1)
    if text in _TITLES and kind_at(tokens, i + 1) == "word":
        return None, i + 2
    if kind == "ordinal" and follows in CHOICE_NOUNS:
        return None, i + 2
    if kind == "number" and follows in UNITS and text_at(tokens, i + 2) not in _AFTER_COUNTED:
        return None, i + 2
    return None


def _long_phrase(tokens: Sequence[Token], i: int) -> Read:
    return _phrase(tokens, i, least=2)


def _phrase(tokens: Sequence[Token], i: int, least: int = 1) -> Read:
    for words, name in PHRASES.get(text_at(tokens, i), ()):
        if len(words) >= least and all(text_at(tokens, i + n) == word for n, word in enumerate(words)):
            return (Mark(name=name, field=tokens[i].field) if name else None), i + len(words)
    return None


def _condition(tokens: Sequence[Token], i: int) -> Read:
    """As in "wenn das nicht geht", "falls da belegt ist": the next wish follows."""
    if text_at(tokens, i) not in CONDITION_OPENERS:
        return None
    after, refused = i + 1, False
    while after < len(tokens) and tokens[after].kind == "word" and not _opens_wish(tokens[after].text):
        refused = refused or tokens[after].text in CONDITION_REFUSALS
        after += 1
    return (Mark(name="else", field=tokens[i].field), after) if refused else None


def _opens_wish(word: str) -> bool:
    return word in CONDITION_ENDS or word in WEEKDAYS or word in RELATIVE_DAYS or word in DAY_PARTS


def _punctuation(tokens: Sequence[Token], i: int) -> Read:
    """A clause's end, an argument's end, and the dash of "10-12"."""
    kind, field = tokens[i].kind, tokens[i].field
    if kind == "break":
        return Mark(name="break", field=field), i + 1
    if kind == "dash":
        joins = kind_at(tokens, i - 1) in _NUMERIC | {"word"} and kind_at(tokens, i + 1) in _NUMERIC
        if kind_at(tokens, i - 1) in ("", "break") and kind_at(tokens, i + 1) == "number":
            return Mark(name="unclear_time", field=field), i + 2  # "-5" is no hour
        return (Mark(name="until", field=field), i + 1) if joins else None
    return (Mark(name="comma", field=field), i + 1) if kind in ("comma", "stop") else None


_RULES = (
    _without_meaning, _condition, _long_phrase, month_first,
    *SPAN_RULES, *CLOCK_RULES, *DAY_RULES, _phrase, number, _punctuation,
)  # fmt: skip
