"""Arguments under all the names that models give them. Missing is missing, never a default (A17)."""

import re
from dataclasses import dataclass
from typing import Any

from calls.json_values import storable

ALIASES: dict[str, tuple[str, ...]] = {
    "datum": ("date", "date_string", "preferred_date", "appointment_date"),
    "uhrzeit": ("time", "preferred_time", "appointment_time"),
    "datetime": ("date_time",),
    "dienstleistung": ("service_name", "service"),
    "mitarbeiter": ("staff_name", "preferred_staff", "preferred_staff_id"),
    "name": ("customer_name",),
    "telefon": ("customer_phone", "phone_number"),
    "email": ("customer_email",),
    "notiz": ("notes",),
    "grund": ("reason",),
    "neues_datum": ("new_datum", "new_date"),
    "neue_uhrzeit": ("new_uhrzeit", "new_time"),
    "altes_datum": ("old_datum", "old_date"),
    "alte_uhrzeit": ("old_uhrzeit", "old_time"),
    "appointment_id": ("termin_id",),
    "reservation_id": (),
    "offer_id": (),
    "position": (),
    "bestaetigung": (),
}
CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in (name, *aliases)}
# Sent by models and flows, meant for nobody.
IGNORED = frozenset({"call_id", "function_name", "execution_message"})
# Incidents G7-G11: words that stand where a value is missing.
PLACEHOLDERS = frozenset(
    {"", "none", "null", "undefined", "nan", "not specified", "n/a", "unknown", "string", "-"}
)
_TEMPLATE = re.compile(r"\{\{|\}\}")
LONGEST = 500
# What a column takes.
LONGEST_OF = {"name": 200}


@dataclass(frozen=True, slots=True)
class Arguments:
    """``values`` by canonical name, trimmed and never empty.

    ``contradictions``: names for which two aliases say different things. ``unknown``: names that
    mean nothing here; logged and counted, because silence about them was incident A29.
    """

    values: dict[str, str]
    contradictions: tuple[str, ...]
    unknown: tuple[str, ...]

    def get(self, name: str) -> str | None:
        return self.values.get(name)


def read_arguments(raw: dict[str, Any]) -> Arguments:
    values: dict[str, str] = {}
    contradictions: list[str] = []
    unknown: list[str] = []
    for key, value in raw.items():
        name = CANONICAL.get(key)
        if name is None:
            if key not in IGNORED:
                unknown.append(storable(key)[:100])
            continue
        text = _text(value, LONGEST_OF.get(name, LONGEST))
        if text is None:
            continue
        if name in values and values[name].casefold() != text.casefold():
            contradictions.append(name)
        values.setdefault(name, text)
    return Arguments(values, tuple(contradictions), tuple(sorted(unknown)))


def _text(value: Any, longest: int) -> str | None:
    """A value as text; None for placeholders, templates, lists and other accidents."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value >= 0 else None  # what a model makes of "one" in JSON
    if not isinstance(value, str):
        return None
    text = " ".join(storable(value).split())[:longest].strip()
    if text.casefold() in PLACEHOLDERS or _TEMPLATE.search(text):
        return None
    return text
