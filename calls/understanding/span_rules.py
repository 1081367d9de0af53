"""Tokens → periods without a day ("nächste Woche", "Mitte Dezember") and distances ("in zwei Wochen")."""

from collections.abc import Sequence

from calls.understanding.calendar_words import CHOICE_WORDS, MONTHS, PARTS_OF_PERIOD
from calls.understanding.day_rules import Read, Rule, count_at, kind_at, skip, text_at
from calls.understanding.items import Distance, Mark, Shift, Span
from calls.understanding.results import Field
from calls.understanding.tokens import Token

_ARTICLES = frozenset({"der", "die", "des", "dieser", "vom", "von", "dem", "den", "im", "in"})
_AHEAD = {"this": 0, "next": 1, "coming": 1, "after_next": 2}
_UNITS = {
    "tag": "day", "tage": "day", "tagen": "day", "woche": "week", "wochen": "week", "monat": "month",
    "monate": "month", "monaten": "month", "jahr": "year", "jahre": "year", "jahren": "year",
    "stunde": "hour", "stunden": "hour", "std": "hour", "minute": "minute", "minuten": "minute",
    "viertelstunde": "quarter", "stuendchen": "hour", "dreiviertelstunde": "three_quarters",
}  # fmt: skip
_SHIFTS = {"hour": 60, "minute": 1, "quarter": 15, "three_quarters": 45}
_ABOUT = frozenset(
    {"etwa", "circa", "ca", "ungefaehr", "rund", "so", "zirka", "gut", "guten", "spaetestens", "fruehestens"}
)


def span(tokens: Sequence[Token], i: int) -> Read:
    """ "diese Woche", "Anfang nächster Woche", "Ende November", "am Wochenende", "KW 48"."""
    field, start, part = tokens[i].field, i, ""
    if text_at(tokens, i) in PARTS_OF_PERIOD:
        part, i = PARTS_OF_PERIOD[tokens[i].text], skip(tokens, i + 1, _ARTICLES - {"dieser"})
    choice = CHOICE_WORDS.get(text_at(tokens, i), "")
    noun = text_at(tokens, i + 1) if choice else text_at(tokens, i)
    after = i + 2 if choice else i + 1
    kind, part = _period(noun, part)
    if kind and (choice or part or kind == "weekend" or _named_by_article(tokens, i, noun)):
        ahead = _AHEAD.get(choice) if choice else 0
        if choice in ("last", "each"):
            return Mark(name="unclear_day", field=field), after
        return Span(kind=kind, ahead=ahead, part=part, choice=choice, field=field), after  # type: ignore[arg-type]
    if noun in MONTHS and (part or start == i):
        ahead = _AHEAD.get(choice) if choice else None
        return Span(
            kind="month", number=MONTHS[noun], part=part, choice=choice, ahead=ahead, field=field
        ), after  # type: ignore[arg-type]
    if text_at(tokens, i) in ("kw", "kalenderwoche") and kind_at(tokens, i + 1) in ("number", "ordinal"):
        return Span(kind="week", number=tokens[i + 1].value, part=part, field=field), i + 2  # type: ignore[arg-type]
    return None


def _period(noun: str, part: str) -> tuple[str, str]:
    """Kind of period a noun means, and the part of it the noun itself names."""
    compounds = {
        "wochenanfang": ("week", "start"), "wochenbeginn": ("week", "start"), "wochenmitte": ("week", "middle"),
        "monatsanfang": ("month", "start"), "monatsmitte": ("month", "middle"), "monatsende": ("month", "end"),
        "jahresende": ("year", "end"), "jahresanfang": ("year", "start"), "wochenende": ("weekend", part),
        "wochenend": ("weekend", part), "weekend": ("weekend", part),
    }  # fmt: skip
    simple = {"woche": "week", "week": "week", "monat": "month", "monats": "month", "monate": "month",
              "jahr": "year", "jahres": "year"}  # fmt: skip
    return compounds.get(noun, (simple.get(noun, ""), part))


def _named_by_article(tokens: Sequence[Token], i: int, noun: str) -> bool:
    """ "die Woche noch" and "diesen Monat" mean the present one; "eine Woche" does not."""
    return noun in ("woche", "monat") and text_at(tokens, i - 1) in ("die", "dieser", "den")


def year(tokens: Sequence[Token], i: int) -> Read:
    """ "im neuen Jahr", and a year standing alone."""
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
    """ "in drei Wochen", "in vierzehn Tagen", "in einer halben Stunde", vaguely "in zwei, drei Wochen"."""
    if text_at(tokens, i) != "in":
        return None
    field = tokens[i].field
    after = skip(tokens, i + 1, _ABOUT)
    vague = after > i + 1
    if text_at(tokens, after) in ("anderthalb", "eineinhalb", "zweieinhalb", "einem", "einer") and _half(
        tokens, after
    ):
        return _halves(tokens, after, field)
    amount = count_at(tokens, after)
    if amount is None:
        return None
    after += 1
    following = skip(tokens, after, frozenset({",", "oder", "bis", "-", "guten", "knappen"}))
    if count_at(tokens, following) is not None and text_at(tokens, following + 1) in _UNITS:
        vague, after = True, following + 1
    elif following > after:
        vague, after = True, following
    unit = _UNITS.get(text_at(tokens, after))
    if unit is None:
        return None
    if unit in _SHIFTS:
        return Shift(minutes=amount * _SHIFTS[unit], field=field), after + 1
    return Distance(amount=amount, unit=unit, vague=vague, field=field), after + 1  # type: ignore[arg-type]


def _half(tokens: Sequence[Token], i: int) -> bool:
    return text_at(tokens, i + 1) in ("halben", "dreiviertel", "halbes") or text_at(tokens, i).endswith(
        "halb"
    )


def _halves(tokens: Sequence[Token], i: int, field: Field) -> Read:
    """Half a unit and one and a half: minutes for hours; for longer units nobody means an exact day."""
    word = text_at(tokens, i)
    quarters = {"anderthalb": 6, "eineinhalb": 6, "zweieinhalb": 10}.get(
        word, 3 if "dreiv" in text_at(tokens, i + 1) else 2
    )
    after = i + 1 if word.endswith("halb") else i + 2
    unit = _UNITS.get(text_at(tokens, after))
    if unit == "hour":
        return Shift(minutes=15 * quarters, field=field), after + 1
    return (Mark(name="unclear_day", field=field), after + 1) if unit else None


SPAN_RULES: tuple[Rule, ...] = (distance, span, year)
