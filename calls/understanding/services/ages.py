"""Ages that a service's own name sets: "Kinderhaarschnitt bis 12", "Teenager 13-17 Jahre", "unter 6"."""

import re
from collections.abc import Iterable

from appointments.rules.spelling import fold

_YEARS = r"\s*(?:j\b|jahre?n?\b)"
_RANGE = re.compile(rf"(?:von\s+)?(\d{{1,2}})\s*(?:-|–|bis)\s*(\d{{1,2}})({_YEARS})?")
_UP_TO = re.compile(rf"\b(bis(?:\s+zu)?|unter|ab)\s+(\d{{1,2}})({_YEARS})?(?!\s*(?:min|cm|std|stunden))")
_OLDEST = 120

Ages = tuple[int, int]
"""Youngest and oldest, both included, in years."""


def ages_of(names: Iterable[str], *, for_children: bool) -> Ages:
    """What the names of a service allow; of a service not for children only what says "Jahre"."""
    youngest, oldest = 0, _OLDEST
    for name in names:
        for low, high in _said(fold(name), for_children=for_children):
            youngest, oldest = max(youngest, low), min(oldest, high)
    return youngest, oldest


def _said(name: str, *, for_children: bool) -> Iterable[Ages]:
    for low, high, years in _RANGE.findall(name):
        if years or for_children:
            yield int(low), int(high)
            return
    for word, number, years in _UP_TO.findall(name):
        if years or for_children:
            age = int(number)
            yield {"ab": (age, _OLDEST), "unter": (0, age - 1)}.get(word, (0, age))
