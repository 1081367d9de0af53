"""Arguments under all the names that models give them. Missing is missing, never a default (A17)."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from calls.functions.definitions import ARGUMENTS
from calls.json_values import storable

CANONICAL = {alias: name for name, argument in ARGUMENTS.items() for alias in (name, *argument.aliases)}
# Sent by models and flows, meant for nobody.
IGNORED = frozenset({"call_id", "function_name", "execution_message"})
# Incidents G7-G11: words that stand where a value is missing.
PLACEHOLDERS = frozenset(
    {"", "none", "null", "undefined", "nan", "not specified", "n/a", "unknown", "string", "-"}
)
_TEMPLATE = re.compile(r"\{\{|\}\}")
# Nobody says more of a day, a service or a name (of which a column takes less).
LONGEST, LONGEST_OF = 500, {"name": 200}
# Whatever is said of these counts, however long it gets.
CUT = frozenset({"notiz", "grund"})


@dataclass(frozen=True, slots=True)
class Arguments:
    """``values`` by canonical name, trimmed and never empty.

    ``contradictions``: names for which two aliases say different things. ``garbled``: names under which
    something came that nobody can have said, such as a list: it was a wish, and is no missing one.
    ``unknown``: names that mean nothing here; logged and counted, because silence about them was
    incident A29.
    """

    values: dict[str, str]
    contradictions: tuple[str, ...]
    unknown: tuple[str, ...]
    garbled: tuple[str, ...] = ()

    def get(self, name: str) -> str | None:
        return self.values.get(name)


def read_arguments(raw: dict[str, Any]) -> Arguments:
    values: dict[str, str] = {}
    contradictions: list[str] = []
    garbled: list[str] = []
    unknown: list[str] = []
    for key, value in raw.items():
        name = CANONICAL.get(key)
        if name is None:
            if key not in IGNORED:
                unknown.append(storable(key)[:100])
            continue
        text = _text(name, value)
        if text is None:
            garbled.append(name)
        elif not _is_placeholder(text) and values.setdefault(name, text).casefold() != text.casefold():
            contradictions.append(name)
    return Arguments(values, tuple(contradictions), tuple(sorted(unknown)), tuple(garbled))


def _text(name: str, value: Any) -> str | None:
    """A value as text, empty if there is none; None for what is neither text nor a whole number."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower() if name == "bestaetigung" else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return _written(value)
    if not isinstance(value, str):
        return None
    text, longest = _printable(value), LONGEST_OF.get(name, LONGEST)
    if len(text) > longest and name not in CUT:
        return None
    return text[:longest].strip()


def _is_placeholder(text: str) -> bool:
    return text.casefold() in PLACEHOLDERS or _TEMPLATE.search(text) is not None


def _written(number: int) -> str | None:
    """What a model makes of "one" in JSON. Below zero nobody counts, and no id has twenty digits."""
    return str(number) if 0 <= number < 10**20 else None


def _printable(text: str) -> str:
    """On one line, without what steers a terminal or turns the direction of writing."""
    text = storable(text)
    if not text.isprintable():
        kinds = ((each, unicodedata.category(each)) for each in text)
        text = "".join(" " if kind == "Cc" else each for each, kind in kinds if kind != "Cf")
    return " ".join(text.split())
