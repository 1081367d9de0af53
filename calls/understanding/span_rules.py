"""Tokens → periods without a day ("nächste Woche", "Mitte Dezember") and distances ("in zwei Wochen")."""

from collections.abc import Sequence

from calls.understanding.calendar_words import CHOICE_WORDS, MONTHS, PARTS_OF_PERIOD
from calls.understanding.day_rules import Read, Rule, count_at, kind_at, skip, text_at
from calls.understanding.items import Distance, DistanceUnit, Mark, Shift, Span, SpanKind, SpanPart
from calls.understanding.results import Field
from calls.understanding.tokens import Token

_ARTICLES = frozenset({"der", "die", "des", "vom", "von", "dem", "den", "im", "in"})
_PERIODS: dict[str, tuple[SpanKind, SpanPart]] = {
    "woche": ("week", ""), "week": ("week", ""), "wochenanfang": ("week", "start"),
    "wochenbeginn": ("week", "start"), "wochenmitte": ("week", "middle"),
    "wochenende": ("weekend", ""), "wochenend": ("weekend", ""),
    "weekend": ("weekend", ""), "monat": ("month", ""), "monats": ("month", ""), "monate": ("month", ""),
    "monatsanfang": ("month", "start"), "monatsmitte": ("month", "middle"), "monatsende": ("month", "end"),
    "jahr": ("year", ""), "jahres": ("year", ""), "jahresanfang": ("year", "start"),
    "jahresende": ("year", "end"),
}  # fmt: skip
"""Noun → kind of period, and the part of it the noun itself names."""
_SELF_SUFFICIENT = frozenset(p for p in _PERIODS.values() if p[0] == "weekend" or p[1])
_AHEAD: dict[str, int] = {"this": 0, "next": 1, "coming": 1, "after_next": 2}
_UNITS: dict[str, DistanceUnit] = {
    "tag": "day", "tage": "day", "tagen": "day", "woche": "week", "wochen": "week", "monat": "month",
    "monate": "month", "monaten": "month", "jahr": "year", "jahre": "year", "jahren": "year",
}  # fmt: skip
_MINUTES = {
    "stunde": 60, "stunden": 60, "std": 60, "stuendchen": 60, "viertelstunde": 15, "dreiviertelstunde": 45,
    "minute": 1, "minuten": 1, "min": 1,
}  # fmt: skip
_QUARTERS = {"halben": 2, "halbes": 2, "dreiviertel": 3}
_AND_A_HALF = {"anderthalb": 6, "eineinhalb": 6, "zweieinhalb": 10}
_EXACTLY = frozenset({"genau", "exakt"})
_ABOUT = frozenset(
    {"etwa", "circa", "ca", "ungefaehr", "rund", "so", "zirka", "gut", "guten", "spaetestens", "fruehestens"}
)


def span(tokens: Sequence[Token], i: int) -> Read:
    """Read "diese Woche", "Anfang nächster Woche", "Ende November", "am Wochenende", "KW 48"."""
    field, part = tokens[i].field, PARTS_OF_PERIOD.get(tokens[i].text, "")
    if part:
        i = skip(tokens, i + 1, _ARTICLES)
    choice = CHOICE_WORDS.get(text_at(tokens, i), "")
    if choice:
        i += 1
    noun, after = text_at(tokens, i), i + 1
    period = _PERIODS.get(noun)
    if period and (choice or part or period in _SELF_SUFFICIENT or _is_named_by_article(tokens, i)):
        if choice in ("last", "each"):
            return Mark(name="unknown_period", field=field), after
        ahead = _AHEAD.get(choice) if choice else 0
        kind, own_part = period
        return Span(kind=kind, ahead=ahead, part=own_part or part, choice=choice, field=field), after
    if noun in MONTHS:
        ahead = _AHEAD.get(choice)
        return Span(
            kind="month", number=MONTHS[noun], part=part, choice=choice, ahead=ahead, field=field
        ), after
    if noun in ("kw", "kalenderwoche") and kind_at(tokens, after) in ("number", "ordinal"):
        return Span(kind="week", number=tokens[after].value, part=part, field=field), after + 1
    return None


def _is_named_by_article(tokens: Sequence[Token], i: int) -> bool:
    """Read "die Woche noch" means the present one, "eine Woche" does not."""
    return text_at(tokens, i) in ("woche", "monat") and text_at(tokens, i - 1) in ("die", "den")


def year(tokens: Sequence[Token], i: int) -> Read:
    """Read "im neuen Jahr", and a year standing alone."""
    if text_at(tokens, i) in ("neuen", "neues") and text_at(tokens, i + 1) in ("jahr", "jahres"):
        return Span(kind="year", ahead=1, field=tokens[i].field), i + 2
    if kind_at(tokens, i) == "number" and 2000 <= tokens[i].value <= 2099 and text_at(tokens, i + 1) != "uhr":
        if tokens[i].digits and (
            tokens[i].field == "uhrzeit" or (tokens[i].value % 100 < 60 and _is_clock_like(tokens, i))
        ):
            return None
        return Span(kind="year", number=tokens[i].value, field=tokens[i].field), i + 1
    return None


def _is_clock_like(tokens: Sequence[Token], i: int) -> bool:
    return text_at(tokens, i - 1) in ("um", "gegen", "ab", "bis")


def distance(tokens: Sequence[Token], i: int) -> Read:
    """Read "in drei Wochen", "in vierzehn Tagen", "in 20 Minuten", vaguely "in zwei, drei Wochen"."""
    if text_at(tokens, i) != "in":
        return None
    field = tokens[i].field
    exact = skip(tokens, i + 1, _EXACTLY)
    after = skip(tokens, exact, _ABOUT)
    halves = _halves(tokens, after, field)
    amount = count_at(tokens, after)
    if halves is not None or amount is None:
        return halves
    unit_at = _after_range(tokens, after + 1)
    vague = after > exact or unit_at > after + 1
    unit = text_at(tokens, unit_at)
    if unit in _MINUTES:
        more, after = _more_minutes(tokens, unit_at + 1)
        return Shift(minutes=amount * _MINUTES[unit] + more, field=field), after
    if unit in _UNITS:
        return Distance(amount=amount, unit=_UNITS[unit], vague=vague, field=field), unit_at + 1
    return None


def _more_minutes(tokens: Sequence[Token], i: int) -> tuple[int, int]:
    """The minutes of "einer Stunde und dreißig Minuten", and the index after them."""
    at = skip(tokens, i, frozenset({"und"}))
    if kind_at(tokens, at) == "number" and text_at(tokens, at + 1) in ("minuten", "min"):
        return tokens[at].value, at + 2
    return 0, i


def _after_range(tokens: Sequence[Token], i: int) -> int:
    """Index after the rest of "zwei, drei" and "zwei bis drei"."""
    joined = skip(tokens, i, frozenset({",", "oder", "bis", "-", "guten", "knappen"}))
    return joined + 1 if joined > i and count_at(tokens, joined) is not None else joined


def _halves(tokens: Sequence[Token], i: int, field: Field) -> Read:
    """Read "einer halben Stunde", "anderthalb Stunden"; of longer units nobody means an exact day."""
    word, follows = text_at(tokens, i), text_at(tokens, i + 1)
    if word in _AND_A_HALF:
        quarters, after = _AND_A_HALF[word], i + 1
    elif word in ("einem", "einer") and follows in _QUARTERS:
        quarters, after = _QUARTERS[follows], i + 2
    else:
        return None
    unit = text_at(tokens, after)
    if unit in ("stunde", "stunden"):
        return Shift(minutes=15 * quarters, field=field), after + 1
    return (Mark(name="unknown_period", field=field), after + 1) if unit in _UNITS else None


SPAN_RULES: tuple[Rule, ...] = (distance, span, year)
