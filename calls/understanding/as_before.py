"""Wishes that only point at what was before: "das Gleiche wie letztes Mal", "wie immer"."""

import re

from appointments.rules.spelling import fold

_LAST_TIME = re.compile(r"\b(letzte\w*|neulich|zuletzt|vorige\w*)\b")
_AS_BEFORE = re.compile(
    r"\bwie (immer|sonst|ueblich|gehabt|gewohnt|zuletzt|neulich|(beim |das )?(letzte\w*|vorige\w*) mal)\b"
    r"|\b(das |den |die )?(gleiche\w*|selbe\w*|dasselbe|uebliche\w*|uebliches)\b"
)


def means_as_before(text: str | None) -> bool:
    """Whether the words point at an earlier visit."""
    return _AS_BEFORE.search(fold(text or "")) is not None


def means_last_time(text: str | None) -> bool:
    """Of those, the last visit rather than what is usual."""
    return _LAST_TIME.search(fold(text or "")) is not None
