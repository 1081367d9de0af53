"""Tokens → clock times and parts of the day.

The spoken time is built first ("halb drei" 2:30); which half of the day it means
is decided later, in `clock.py`, when the day part and the opening hours are known.
"""

from collections.abc import Sequence

from calls.understanding.calendar_words import DAY_PARTS
from calls.understanding.day_rules import Read, Rule, kind_at, text_at
from calls.understanding.items import Clock, DayPart, Mark, Number
from calls.understanding.marker_words import UNITS
from calls.understanding.numbers import ONE_ARTICLES
from calls.understanding.results import Field
from calls.understanding.tokens import Token

HOUR = 60
_LEADING = frozenset(
    {"um", "gegen", "ab", "bis", "vor", "nach", "halb", "viertel", "dreiviertel", "circa", "und", "zwischen"}
)
_FRACTIONS = frozenset({"halb", "viertel", "dreiviertel"})
_MINUTE_STEPS = range(15, 60, 5)


def hour_at(tokens: Sequence[Token], i: int) -> int | None:
    """A spoken or written hour; "achte" is one only after a preposition ("um achte")."""
    if kind_at(tokens, i) == "number":
        return tokens[i].value
    text = text_at(tokens, i)
    if text in ("ein", "eine") and text_at(tokens, i + 1) == "uhr":
        return 1
    if kind_at(tokens, i) == "ordinal" and text_at(tokens, i - 1) in _LEADING:
        return tokens[i].value if tokens[i].digits or text == "achte" else None
    return None


def build(hour: int, minute: int, *, field: Field, machine: bool = False) -> Clock | Mark:
    """A clock time, or a mark that no day has such a time ("25 Uhr", "10:75")."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return Mark(name="bad_time", field=field)
    if hour == 24:
        return Mark(name="unclear_time", field=field)  # midnight belongs to two days
    return Clock(minute=hour * HOUR + minute, fixed=hour == 0 or hour > 12, machine=machine, field=field)


def is_dotted_time(token: Token) -> bool:
    """Read "10.30" where it can be no date: a month above 12, or in the time's argument."""
    if token.kind != "date" or token.mark != "dd":
        return False
    hour, minute = token.parts
    return hour < 25 and minute < 60 and (minute > 12 or token.field == "uhrzeit")


def written(tokens: Sequence[Token], i: int) -> Read:
    """Read "10:30", "10.30 Uhr", "10h", an ISO date-time's time, "10.30" where no date can stand."""
    token = tokens[i]
    if token.kind == "clock":
        hour, minute = token.parts
        item = build(hour, minute, field=token.field, machine=token.mark == "0")
        return _half_of_day_suffix(tokens, i + 1, item)
    if is_dotted_time(token):
        return build(*token.parts, field=token.field), i + 1
    return None


def _half_of_day_suffix(tokens: Sequence[Token], i: int, item: Clock | Mark) -> Read:
    """Read "3 pm", "10 a.m.": what English-minded models write."""
    text = text_at(tokens, i)
    if text in ("a", "p") and kind_at(tokens, i + 1) == "stop" and text_at(tokens, i + 2) == "m":
        text, i = text + "m", i + 2
    if text not in ("am", "pm") or not isinstance(item, Clock) or item.minute >= 13 * HOUR:
        return item, i
    # "10 Uhr am Montag": the German preposition, not the English suffix.
    if text == "am" and i + 1 < len(tokens) and kind_at(tokens, i + 1) not in ("break", "stop", "comma"):
        return item, i
    minute = item.minute % (12 * HOUR) + (12 * HOUR if text == "pm" else 0)
    return Clock(minute=minute, fixed=True, field=item.field), i + 1


def to_the_hour(tokens: Sequence[Token], i: int) -> Read:
    """Read "halb drei", "Viertel nach zehn", "dreiviertel acht", "fünf vor halb acht", "zwanzig vor zehn"."""
    if text_at(tokens, i) == "drei" and text_at(tokens, i + 1) == "viertel":
        return _base(tokens, i + 2, tokens[i].field, -15, quarter=False)
    base = _fraction(tokens, i)
    if base is not None:
        return base
    shift, after = _minutes_beside(tokens, i)
    if shift is None:
        return None
    read = _fraction(tokens, after) or _base(tokens, after, tokens[i].field, 0, quarter=False)
    if read is None:
        return Mark(name="unclear_time", field=tokens[i].field), after
    item, after = read
    if isinstance(item, Clock):
        item = _shifted(item, shift)
    return item, after


def _fraction(tokens: Sequence[Token], i: int) -> Read:
    text, field = text_at(tokens, i), tokens[i].field if i < len(tokens) else "datum"
    if text == "halb":
        return _base(tokens, i + 1, field, -30, quarter=False) or (
            Mark(name="unclear_time", field=field),
            i + 1,
        )
    if text == "dreiviertel":
        return _base(tokens, i + 1, field, -15, quarter=False) or (
            Mark(name="unclear_time", field=field),
            i + 1,
        )
    if text == "viertel" and text_at(tokens, i + 1) in ("auf", "ab"):
        # Southern "viertel auf neun" is 8:15 to some and nothing to others.
        return Mark(name="unclear_time", field=field), i + (3 if hour_at(tokens, i + 2) is not None else 2)
    if text == "viertel" and text_at(tokens, i + 1) not in ("vor", "nach", "ueber"):
        return _base(tokens, i + 1, field, -45, quarter=True) or (
            Mark(name="unclear_time", field=field),
            i + 1,
        )
    return None


def _minutes_beside(tokens: Sequence[Token], i: int) -> tuple[int | None, int]:
    """Signed minutes of "zehn vor", "Viertel nach", "fünf Minuten vor", and the index after them."""
    amount, after = hour_at(tokens, i), i + 1
    if text_at(tokens, i) == "viertel":
        amount = 15
    elif text_at(tokens, after) in ("minuten", "min"):
        after += 1
    sign = {"vor": -1, "nach": 1, "ueber": 1}.get(text_at(tokens, after))
    if amount is None or sign is None or not 0 < amount < 30:
        return None, i
    follows_hour = hour_at(tokens, after + 1) is not None or text_at(tokens, after + 1) in (
        "halb",
        "dreiviertel",
        "viertel",
    )
    if not follows_hour and (
        text_at(tokens, i) != "viertel" and kind_at(tokens, after + 1) not in ("", "break", "stop")
    ):
        return None, i
    return sign * amount, after + 1


def _base(tokens: Sequence[Token], i: int, field: Field, shift: int, *, quarter: bool) -> Read:
    """The full hour that "halb", "Viertel" and "vor" count from; shifted by minutes."""
    hour = hour_at(tokens, i)
    if hour is None and text_at(tokens, i) in ONE_ARTICLES:
        hour = 1 if shift else None
    if hour is None or (shift and not 1 <= hour <= 12 and not 13 <= hour <= 24):
        return None
    after = i + 2 if text_at(tokens, i + 1) == "uhr" else i + 1
    item = build(hour, 0, field=field) if hour != 24 else Clock(minute=0, fixed=True, field=field)
    if not isinstance(item, Clock):
        return item, after
    item = _shifted(item, shift)
    return Clock(minute=item.minute, fixed=item.fixed, quarter=quarter, field=field), after


def _shifted(clock: Clock, shift: int) -> Clock:
    """Counted on the twelve-hour dial unless the hour can only be one half: "halb eins" is 0:30 or 12:30."""
    day = 24 * HOUR if clock.fixed else 12 * HOUR
    minute = (clock.minute + shift) % day
    if not clock.fixed and clock.minute == 12 * HOUR and shift > 0:
        minute += 12 * HOUR  # "zehn nach zwölf" is noon's, as said
    return Clock(minute=minute, fixed=clock.fixed, quarter=clock.quarter, field=clock.field)


def with_uhr(tokens: Sequence[Token], i: int) -> Read:
    """Read "zehn Uhr", "zehn Uhr fünfzehn", "zehn Uhr und fünf Minuten"; "sechs sechzehn Uhr" is doubtful."""
    hour, field = hour_at(tokens, i), tokens[i].field
    if hour is None:
        return None
    after = i + 1
    if kind_at(tokens, after) == "number" and text_at(tokens, after + 1) == "uhr":
        return _number_before_hour(tokens, i, hour)
    if text_at(tokens, after) in ("am", "pm", "a", "p") and hour <= 12:
        item, end = _half_of_day_suffix(tokens, after, build(hour, 0, field=field)) or (None, 0)
        return (item, end) if item is not None and end > after else None
    if text_at(tokens, after) != "uhr":
        return None
    minute, after = _minutes_after(tokens, after + 1)
    return build(hour, minute, field=field), after


def _number_before_hour(tokens: Sequence[Token], i: int, first: int) -> Read:
    """Read "sechs sechzehn Uhr": a slip of the tongue or 6:16; "null acht Uhr" is what machines read out."""
    second, after, field = tokens[i + 1].value, i + 3, tokens[i].field
    minute, after = _minutes_after(tokens, after)
    if first == 0 and second < 10:
        return build(second, minute, field=field, machine=True), after
    readings = [second * HOUR + minute] if second < 24 else []
    if first < 24 and second in _MINUTE_STEPS and not minute:
        readings.append(first * HOUR + second)
    if not readings:
        return Mark(name="bad_time", field=field), after
    return Clock(minute=readings[0], doubtful=tuple(readings), field=field), after


def _minutes_after(tokens: Sequence[Token], i: int) -> tuple[int, int]:
    """Minutes after "Uhr", and the index after them; 0 where the next number is another time's hour."""
    at = i + 1 if text_at(tokens, i) == "und" and text_at(tokens, i + 2) in ("minuten", "min") else i
    if kind_at(tokens, at) != "number" or tokens[at].value > 99:
        return 0, i
    if tokens[at].text == "null" and kind_at(tokens, at + 1) == "number" and tokens[at + 1].value < 10:
        return tokens[at + 1].value, at + 2  # "zehn Uhr null fünf"
    following = text_at(tokens, at + 1)
    if following in ("minuten", "min"):
        return tokens[at].value, at + 2
    if following in UNITS or following in ("uhr", "vor", "nach"):
        return 0, i
    if following in ("bis", "oder", "und", "-") and tokens[at].value not in _MINUTE_STEPS:
        return 0, i
    return tokens[at].value, at + 1


def part_of_day(tokens: Sequence[Token], i: int) -> Read:
    """Read "vormittags"; "früh am Nachmittag" is the afternoon."""
    name = DAY_PARTS.get(text_at(tokens, i))
    return (DayPart(name=name, field=tokens[i].field), i + 1) if name else None


def midnight(tokens: Sequence[Token], i: int) -> Read:
    """Midnight belongs to two days: ask."""
    if text_at(tokens, i) != "mitternacht":
        return None
    return Mark(name="unclear_time", field=tokens[i].field), i + 1


def until_midday(tokens: Sequence[Token], i: int) -> Read:
    """Read "bis Mittag": twelve, and no part of the day."""
    after = i + 1 if text_at(tokens, i) == "zum" else i
    if text_at(tokens, after) not in ("mittag", "mittags") or text_at(tokens, i - 1) != "bis":
        return None
    return Clock(minute=12 * HOUR, fixed=True, field=tokens[i].field), after + 1


def is_minute(tokens: Sequence[Token], i: int) -> bool:
    """Whether a number can be the minutes after an hour."""
    return kind_at(tokens, i) == "number" and tokens[i].value < HOUR


def number(tokens: Sequence[Token], i: int) -> Read:
    """Any other number; `promote.py` makes it a clock time where its neighbours say so."""
    token = tokens[i]
    value, second, after = token.value, None, i + 1
    if token.kind == "ordinal":
        return (
            _number(token, value, None, after) if token.digits or text_at(tokens, i - 1) in _LEADING else None
        )
    if token.kind != "number" or text_at(tokens, after) in UNITS:
        return None
    if token.digits and 100 <= value < 2400 and value % 100 < HOUR:
        value, second = divmod(value, 100)  # "1430"
    elif is_minute(tokens, after) and text_at(tokens, after + 1) not in ("uhr", "vor", "nach", *UNITS):
        second, after = tokens[after].value, after + 1
    return _number(token, value, second, after)


def _number(token: Token, value: int, second: int | None, after: int) -> Read:
    return Number(value=value, second=second, digits=token.digits, field=token.field), after


def roughly(tokens: Sequence[Token], i: int) -> Read:
    """Read "so zehn Uhr": about ten."""
    follows = text_at(tokens, i + 1)
    if text_at(tokens, i) != "so" or not (
        kind_at(tokens, i + 1) in ("number", "clock") or follows in _FRACTIONS
    ):
        return None
    return Mark(name="about", field=tokens[i].field), i + 1


CLOCK_RULES: tuple[Rule, ...] = (
    roughly, written, to_the_hour, with_uhr, midnight, until_midday, part_of_day,
)  # fmt: skip
