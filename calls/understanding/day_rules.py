"""Tokens → day items: each rule reads one kind of day at one position, or declines.

A rule returns the item (None: words without meaning) and the index after it; the order of `DAY_RULES` decides
between readings, longer ones first.
"""

from collections.abc import Callable, Sequence

from calls.understanding.calendar_words import (
    CHOICE_WORDS,
    HABITUAL_WEEKDAYS,
    MONTHS,
    RELATIVE_DAYS,
    TOMORROW,
    WEEKDAY_ABBREVIATIONS,
    WEEKDAYS,
)
from calls.understanding.feasts import FEAST_PHRASES, LONGEST_FEAST
from calls.understanding.items import (
    Choice,
    DayPart,
    Feast,
    Item,
    Mark,
    MonthDay,
    NthWeekday,
    RelativeDay,
    Weekday,
)
from calls.understanding.numbers import ONE_ARTICLES
from calls.understanding.tokens import Token

Read = tuple[Item | None, int] | None
Rule = Callable[[Sequence[Token], int], Read]

# "am Morgen", "jeden Morgen", "am frühen Morgen": the part of the day. "für morgen" is the day.
_BEFORE_MORNING = frozenset(
    {"am", "jeden", "fruehen", "frueher", "spaeten", "diesen", "den", "des", "zum", "der", "vom"}
)
_COUNTABLE = (
    "woche",
    "haelfte",
    "tag",
    "wochenende",
    "monat",
    "quartal",
    "halbjahr",
    "drittel",
    "stunde",
    "tage",
)
_AFTER_A_DAY = frozenset({"drauf", "darauf", "draufhin", "davor"})
_TWO_DIGIT_YEAR_FROM = 25


def text_at(tokens: Sequence[Token], i: int) -> str:
    """Text of the token at `i`, empty outside."""
    return tokens[i].text if 0 <= i < len(tokens) else ""


def kind_at(tokens: Sequence[Token], i: int) -> str:
    """Kind of the token at `i`, empty outside."""
    return tokens[i].kind if 0 <= i < len(tokens) else ""


def count_at(tokens: Sequence[Token], i: int) -> int | None:
    """A count before a unit: a cardinal, or an article that means one."""
    if kind_at(tokens, i) == "number":
        return tokens[i].value
    return 1 if text_at(tokens, i) in ONE_ARTICLES else None


def skip(tokens: Sequence[Token], i: int, words: frozenset[str]) -> int:
    """Index after any of `words` from `i` on."""
    while text_at(tokens, i) in words:
        i += 1
    return i


def feast(tokens: Sequence[Token], i: int) -> Read:
    """Read "Heiligabend", "ersten Weihnachtstag"."""
    for length in range(min(LONGEST_FEAST, len(tokens) - i), 0, -1):
        name = FEAST_PHRASES.get(tuple(token.text for token in tokens[i : i + length]))
        if name:
            return Feast(name=name, field=tokens[i].field), i + length
    return None


def weekday(tokens: Sequence[Token], i: int) -> Read:
    """Read "Montag", "nächsten Freitag", "Di", and "montags", which is any Monday."""
    text, field = text_at(tokens, i), tokens[i].field
    choice: Choice = ""
    if text in CHOICE_WORDS and text_at(tokens, i + 1) in WEEKDAYS:
        choice, i = CHOICE_WORDS[text], i + 1
        text = tokens[i].text
    if text in WEEKDAYS:
        return Weekday(day=WEEKDAYS[text], choice=choice, field=field), i + 1
    if text in HABITUAL_WEEKDAYS:
        return Weekday(day=HABITUAL_WEEKDAYS[text], choice="each", field=field), i + 1
    if text in WEEKDAY_ABBREVIATIONS and _is_abbreviation(tokens, i):
        after = i + 2 if kind_at(tokens, i + 1) == "stop" else i + 1
        return Weekday(day=WEEKDAY_ABBREVIATIONS[text], field=field), after
    return None


def _is_abbreviation(tokens: Sequence[Token], i: int) -> bool:
    """Read "So" and "do" are also plain words: a day only alone, or right before a date."""
    same_field = [token for token in tokens if token.field == tokens[i].field and token.kind != "stop"]
    after = i + 1
    while kind_at(tokens, after) in ("stop", "comma"):
        after += 1
    followed = kind_at(tokens, after)
    if len(same_field) == 1 or followed in ("date", "iso", "ordinal"):
        return True
    return (
        tokens[i].text not in ("so", "do")
        and followed in ("clock", "number", "")
        and kind_at(tokens, i - 1) in ("", "break")
    )


def relative_day(tokens: Sequence[Token], i: int) -> Read:
    """Read "heute", "morgen"; "am Morgen" and "heute Morgen" are a part of the day."""
    text = tokens[i].text
    if text not in RELATIVE_DAYS:
        return None
    if text in TOMORROW and _is_morning(tokens, i):
        return DayPart(name="morning", field=tokens[i].field), i + 1
    return RelativeDay(offset=RELATIVE_DAYS[text], field=tokens[i].field), i + 1


def _is_morning(tokens: Sequence[Token], i: int) -> bool:
    """Whether "morgen" is the morning: after an article, or after a weekday or relative day.

    A weekday counts from further back in the same breath ("Montag um neun Uhr morgen"),
    unless a word like "oder" or "nein" stands between.
    """
    before = text_at(tokens, i - 1)
    if before in _BEFORE_MORNING or before in RELATIVE_DAYS:
        return True
    for token in reversed(tokens[:i]):
        if token.text in WEEKDAYS or (token.text in WEEKDAY_ABBREVIATIONS and token is tokens[0]):
            return True
        if token.kind in ("comma", "stop", "iso", "date") or not (
            token.kind in ("clock", "number", "break")
            or token.text in ("uhr", "um", "gegen", "ab", "so", "halb", "frueh")
        ):
            return False
    return False


def month_day(tokens: Sequence[Token], i: int) -> Read:
    """Read "15.10.", "27.09.2025", "zehnten Zehnten", "25. Januar", "fünfzehnte Punkt eins", "am fünften"."""
    token = tokens[i]
    if token.kind == "date":
        return _written_date(tokens, i)
    if token.kind == "iso":
        return MonthDay(
            year=token.parts[0], month=token.parts[1], day=token.parts[2], field=token.field
        ), i + 1
    if token.kind not in ("ordinal", "number"):
        return None
    month, after = _month_after(tokens, i)
    if month is None:
        return _day_alone(tokens, i)
    year, after = _year_after(tokens, after)
    clipped = text_at(tokens, i + 1) == "punkt" and month == 1 and year is None
    return MonthDay(day=token.value, month=month, year=year, clipped=clipped, field=token.field), after


def _written_date(tokens: Sequence[Token], i: int) -> Read:
    token = tokens[i]
    day, month = token.parts[:2]
    year, after = _year_after(tokens, i + 1)
    for written in token.parts[2:]:
        year, after = (written + 2000 if written < 100 else written), i + 1
    clipped = token.mark == "" and month == 1 and year is None
    swapped = token.mark == "/" and day != month
    return MonthDay(
        day=day, month=month, year=year, clipped=clipped, swapped=swapped, field=token.field
    ), after


def _month_after(tokens: Sequence[Token], i: int) -> tuple[int | None, int]:
    token, after = tokens[i], i + 1
    if (
        kind_at(tokens, after) == "stop"
        and text_at(tokens, after) == "."
        and text_at(tokens, after + 1) in MONTHS
    ):
        after += 1
    after = skip(tokens, after, frozenset({"im", "in"})) if token.kind == "ordinal" else after
    text = text_at(tokens, after)
    if text in MONTHS:
        is_dotted_before_year = (
            kind_at(tokens, after + 1) == "stop" and kind_at(tokens, after + 2) == "number"
        )
        return MONTHS[text], after + (2 if is_dotted_before_year else 1)
    if (
        text == "punkt"
        and kind_at(tokens, after + 1) in ("number", "ordinal")
        and tokens[after + 1].value <= 12
    ):
        if text_at(tokens, after + 2) == "uhr":
            return None, after
        return tokens[after + 1].value, after + (3 if text_at(tokens, after + 2) == "punkt" else 2)
    following = tokens[after] if after < len(tokens) else None
    if following and token.kind == following.kind == "ordinal" and following.value <= 12:
        listed = text_at(tokens, after + 1) in ("oder", "und") and kind_at(tokens, after + 2) == "ordinal"
        if not listed and text_at(tokens, after + 1) not in ("advent", "weihnachtstag", *WEEKDAYS):
            return following.value, after + 1
    return None, after


def _year_after(tokens: Sequence[Token], i: int) -> tuple[int | None, int]:
    """A year after a month: 2025, "zweitausendfünfundzwanzig", "zwanzig fünfundzwanzig", "fünfundzwanzig"."""
    if kind_at(tokens, i) != "number" or text_at(tokens, i + 1) in ("uhr", "h"):
        return None, i
    value = tokens[i].value
    if 1900 <= value <= 2099:
        return value, i + 1
    if (
        value == 20
        and kind_at(tokens, i + 1) == "number"
        and _TWO_DIGIT_YEAR_FROM <= tokens[i + 1].value < 60
    ):
        return 2000 + tokens[i + 1].value, i + 2
    if _TWO_DIGIT_YEAR_FROM <= value < 60:
        return 2000 + value, i + 1
    return None, i


def _day_alone(tokens: Sequence[Token], i: int) -> Read:
    """An ordinal without a month. "um 10." at the end of a sentence is a clock time."""
    token, before = tokens[i], text_at(tokens, i - 1)
    if token.kind != "ordinal":
        return None
    if before in ("um", "gegen", "halb", "uhr", "circa", "vor", "nach", "bis", "ab") and (
        token.digits or token.value == 8
    ):
        return None
    if token.field == "uhrzeit" and token.digits:
        return None
    return MonthDay(day=token.value, field=token.field), i + 1


def nth_weekday(tokens: Sequence[Token], i: int) -> Read:
    """Read "zweiter Dienstag im März", "letzten Freitag des Monats"; without a month it stays unclear."""
    token = tokens[i]
    nth = token.value if token.kind == "ordinal" else _from_the_end(token.text)
    if not nth or text_at(tokens, i + 1) not in WEEKDAYS:
        return None
    day, after = WEEKDAYS[tokens[i + 1].text], i + 2
    after = skip(tokens, after, frozenset({"im", "in", "dem", "des", "vom", "von"}))
    text = text_at(tokens, after)
    if text == "monat" and text_at(tokens, after + 1) in MONTHS:
        text, after = text_at(tokens, after + 1), after + 1
    if text in MONTHS:
        return NthWeekday(nth=nth, day=day, month=MONTHS[text], field=token.field), after + 1
    choice = CHOICE_WORDS.get(text, "")
    if choice and text_at(tokens, after + 1).startswith("monat"):
        months = {"this": 0, "next": 1, "coming": 1, "after_next": 2}.get(choice)
        return NthWeekday(nth=nth, day=day, months=months, field=token.field), after + 2
    if text.startswith("monat"):
        return NthWeekday(nth=nth, day=day, months=0, field=token.field), after + 1
    if nth < 0 or after > i + 2:
        return None
    return Mark(name="unknown_period", field=token.field), i + 2


def _from_the_end(word: str) -> int:
    """Read "letzter" -1, "vorletzter" -2, otherwise 0."""
    return -1 if word.startswith("letzt") else -2 if word.startswith("vorletzt") else 0


def counted_period(tokens: Sequence[Token], i: int) -> Read:
    """Read "erste Dezemberwoche", "zweite Hälfte": the ordinal is no day of the month."""
    noun = text_at(tokens, i + 1)
    if tokens[i].kind != "ordinal" or noun in WEEKDAYS or not noun.endswith(_COUNTABLE):
        return None
    return Mark(name="unknown_period", field=tokens[i].field), i + 2


def month_first(tokens: Sequence[Token], i: int) -> Read:
    """Read "Nov 20, 2025", as models write it; without the year it is no German date."""
    at = i + 2 if kind_at(tokens, i + 1) == "stop" else i + 1
    if text_at(tokens, i) not in MONTHS or kind_at(tokens, at) not in ("number", "ordinal"):
        return None
    after = at + 2 if kind_at(tokens, at + 1) == "comma" else at + 1
    if kind_at(tokens, after) != "number" or not 1900 <= tokens[after].value <= 2099:
        return None
    day, year = tokens[at].value, tokens[after].value
    return MonthDay(day=day, month=MONTHS[tokens[i].text], year=year, field=tokens[i].field), after + 1


def weekday_after(tokens: Sequence[Token], i: int) -> Read:
    """Read "den Dienstag drauf": the one after a day that was named before, not the next one."""
    if text_at(tokens, i) not in WEEKDAYS or text_at(tokens, i + 1) not in _AFTER_A_DAY:
        return None
    return Mark(name="shifted_day", field=tokens[i].field), i + 2


DAY_RULES: tuple[Rule, ...] = (
    feast, counted_period, nth_weekday, month_day, weekday_after, weekday, relative_day,
)  # fmt: skip
