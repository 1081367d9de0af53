"""Sentences as data: stored without words, read in the language of whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext

INSTANT = "_at"


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` is English and in the catalogue, with ``%(name)s`` for the ``facts``.

    Facts are what JSON knows. One whose name ends with ``_at`` is an instant in ISO 8601: of
    ``starts_at`` the sentence knows ``%(starts_day)s`` and ``%(starts_time)s``, in the zone that the
    fact ``zone`` names. Never anything personal: it is stored.
    """

    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.text) % spoken(self.facts)

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(stored["text"], stored["facts"])


def spoken(facts: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` with instants as day and time of the clock in their zone."""
    words = dict(facts)
    zone = ZoneInfo(facts.get("zone") or settings.TIME_ZONE)
    for name, value in facts.items():
        if name.endswith(INSTANT) and value:
            local = datetime.fromisoformat(value).astimezone(zone)
            stem = name.removesuffix(INSTANT)
            words[f"{stem}_day"] = date_format(local, "D, j. F Y")
            words[f"{stem}_time"] = date_format(local, "H:i")
    return words


def storable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` as JSON knows them: aware instants become text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
