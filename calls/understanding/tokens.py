"""Words of a phrase in one spelling: the only place that looks at raw text."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from appointments.rules.spelling import fold
from calls.understanding.calendar_words import DAY_PARTS, MONTHS, RELATIVE_DAYS, REPAIRABLE, WEEKDAYS
from calls.understanding.numbers import CARDINALS, ONE_ARTICLES, ORDINALS
from calls.understanding.results import Field

Kind = Literal["word", "number", "ordinal", "clock", "date", "iso", "comma", "dash", "stop", "break"]

_PLACEHOLDERS = frozenset(
    {
        "", "none", "null", "undefined", "unknown", "unbekannt", "n/a", "na", "nan", "nil", "-", "--", "?",
        "not specified", "notspecified", "unspecified", "not provided", "nicht angegeben", "keine angabe",
        "k.a.", "ka", "leer", "empty", "tbd", "string", "datum", "uhrzeit", "date", "time", "...",
        "not available", "nicht genannt", "not given", "not mentioned",
    }
)  # fmt: skip
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{[^{}]*\}|<[^<>]*>|\[[^\[\]]*\]")

_ISO_TIME = r"(\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?:uhr)?(z|[+-]\d{2}:?\d{2})?"
_NO_CLOCK = r"(?![\d:]|\s*(?:uhr|h)\b)"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("iso", rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:\s*[t ,]\s*{_ISO_TIME})?(?!\d)"),
    ("ymd", r"(20\d{2})[./](\d{1,2})[./](\d{1,2})(?!\d)"),
    ("compact", r"(20\d{2})(0[1-9]|1[0-2])([0-3]\d)(?!\d)"),
    ("hm", r"(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*(?:uhr|h)\b)?(?!\d)"),
    ("dotted_hm", r"(\d{1,2})\.(\d{2})\s*(?:uhr|h)\b"),
    ("dmy", r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)"),
    ("dmy2", rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{2}}){_NO_CLOCK}"),
    ("dm", r"(\d{1,2})\.(\d{1,2})(\.)?(?!\d)|(\d{1,2})\.\s(\d{1,2})(\.)(?!\d)"),
    ("slashed", r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?!\d)"),
    ("dashed", r"(\d{1,2})-(\d{1,2})-(\d{4})(?!\d)"),
    ("h", r"(\d{1,2})\s?h\s?(\d{2})?\b"),
    ("ordinal", r"(\d{1,2})(?:\.(?!\d)|(?:ten|te|ter)\b)"),
    ("number", r"\d+"),
    ("word", r"[^\W\d_]+"),
    ("comma", r"[,;]"),
    ("dash", r"[-–—]"),
    ("stop", r"[.!?…:]+"),
)  # fmt: skip
_SCANNER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS))
_SPLIT_FIRST = tuple(sorted((*WEEKDAYS, *RELATIVE_DAYS), key=len, reverse=True))
_DIALECT = {"halber": "halb", "halba": "halb", "hoib": "halb", "hoiba": "halb"}
_SPOKEN_MINUTES = ("fuenfzehn", "fuffzehn", "zwanzig", "dreissig", "vierzig", "fuenfundvierzig", "fuenfzig")
_CLOCK_PREFIXES = ("dreiviertel", "viertel", "halb")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, date or clock time. `parts` are the numbers of a written date or time.

    `text` is folded. `digits` tells a written "10" from a spoken "zehn". `mark` keeps
    what decides between readings: a trailing dot, a leading zero, an offset, a slash.
    """

    kind: Kind
    text: str
    field: Field
    value: int = 0
    parts: tuple[int, ...] = ()
    digits: bool = False
    mark: str = ""


def is_placeholder(text: str | None) -> bool:
    """Whether a value carries nothing: empty, `{{…}}`, None, null, "not specified" (retell.md §6)."""
    if text is None:
        return True
    return fold(_TEMPLATE.sub(" ", text)).strip(' .!"') in _PLACEHOLDERS


def tokenize(text: str, field: Field) -> list[Token]:
    """Tokens of one argument, numbers in words already read."""
    folded = fold(_TEMPLATE.sub(" ", text))
    tokens: list[Token] = []
    for match in _SCANNER.finditer(folded):
        tokens += _tokens_of(match, field)
    return _join_split_numbers(tokens)


def _tokens_of(match: re.Match[str], field: Field) -> list[Token]:
    name, text = match.lastgroup or "", match.group()
    if name == "word":
        return [_word(part, field) for part in _split_compound(text)]
    if name in ("comma", "dash", "stop"):
        return [Token(name, text, field)]  # type: ignore[arg-type]
    groups = [g for g in re.fullmatch(dict(_PATTERNS)[name], text).groups() or () if g is not None]  # type: ignore[union-attr]
    return [_numeric(name, text, groups, field)]


def _numeric(name: str, text: str, groups: list[str], field: Field) -> Token:
    numbers = tuple(int(g) for g in groups if g.isdigit())
    if name in ("iso", "ymd", "compact"):
        offset = groups[-1] if groups and not groups[-1].isdigit() else ""
        return Token("iso", text, field, parts=numbers, digits=True, mark=offset)
    if name in ("hm", "dotted_hm", "h"):
        padded = "0" if name == "hm" and text.startswith("0") else ""
        return Token("clock", text, field, parts=(*numbers, 0)[:2], digits=True, mark=padded)
    if name in ("dmy", "dmy2", "dm", "slashed", "dashed"):
        mark = "/" if name == "slashed" else "." if name != "dm" or text.endswith(".") else ""
        if name == "dm" and "." not in text[-1] and len(text.split(".")[1]) == 2:
            mark = "dd"  # two digits of a month: nothing was cut off
        return Token("date", text, field, parts=numbers, digits=True, mark=mark)
    if name == "ordinal":
        return Token("ordinal", text, field, int(groups[0]), digits=True, mark="." if "." in text else "")
    return Token("number", text, field, int(text) if len(text) < 9 else 10**8, digits=True)


def _word(text: str, field: Field) -> Token:
    if text in CARDINALS:
        return Token("number", text, field, CARDINALS[text])
    if text in ORDINALS:
        return Token("ordinal", text, field, ORDINALS[text])
    return Token("word", _DIALECT.get(text) or _repaired(text), field)


@lru_cache(maxsize=4096)
def _repaired(word: str) -> str:
    """A calendar word with one wrong letter, put right ("Mitwoch"); the first letter must stand."""
    if len(word) < 6 or word in WEEKDAYS or word in MONTHS or word in DAY_PARTS or word in RELATIVE_DAYS:
        return word
    near = [known for known in REPAIRABLE if known[0] == word[0] and not word.startswith(known)]
    near = [known for known in near if OSA.distance(known, word, score_cutoff=1) == 1]
    return near[0] if len(near) == 1 else word


@lru_cache(maxsize=4096)
def _split_compound(word: str) -> list[str]:
    """As in "montagmorgen" → montag morgen, "vierzehnuhr" → vierzehn uhr, "elfdreissig", "halbdrei"."""
    if word in WEEKDAYS or word in RELATIVE_DAYS or word in DAY_PARTS:
        return [word]
    for first in _SPLIT_FIRST:
        rest = word.removeprefix(first)
        if rest != word and (rest in DAY_PARTS or rest == "morgen"):
            return [first, rest]
    head, uhr, tail = word.partition("uhr")
    if uhr and (head in CARDINALS or head == "ein") and (not tail or tail in CARDINALS):
        return [part for part in (head, uhr, tail) if part]
    if word not in CARDINALS:
        for minutes in _SPOKEN_MINUTES:
            hour = word.removesuffix(minutes)
            if hour != word and 0 < CARDINALS.get(hour, 0) < 24:
                return [hour, minutes]
    for prefix in _CLOCK_PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and (rest in CARDINALS or rest in ("vor", "nach", "ein")):
            return [prefix, rest]
    return [word]


def _join_split_numbers(tokens: list[Token]) -> list[Token]:
    """Recognisers write "fünf und zwanzigsten" and "zweitausend fünfundzwanzig" apart."""
    joined: list[Token] = []
    for token in tokens:
        joined.append(token)
        if len(joined) >= 3 and _is_unit_and_tens(joined):
            unit = 1 if joined[-3].text in ONE_ARTICLES else joined[-3].value
            joined[-3:] = [replace(token, value=token.value + unit)]
        elif len(joined) >= 2 and joined[-2].text == "zweitausend" and _spoken(token) and token.value < 100:
            joined[-2:] = [replace(token, value=token.value + 2000)]
    return joined


def _is_unit_and_tens(tokens: list[Token]) -> bool:
    unit, und, tens = tokens[-3:]
    opens_range = len(tokens) > 3 and tokens[-4].text in ("zwischen", "von")
    is_unit = unit.text in ("ein", "eine") or (_spoken(unit) and 1 <= unit.value <= 9)
    is_tens = tens.kind in ("number", "ordinal") and not tens.digits and tens.value in range(20, 100, 10)
    return is_unit and und.text == "und" and is_tens and not opens_range


def _spoken(token: Token) -> bool:
    return token.kind == "number" and not token.digits
