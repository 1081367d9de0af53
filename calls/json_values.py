"""Reading JSON that others wrote: whatever a value is, it becomes what was wanted, or nothing."""

import math
from collections.abc import Mapping
from typing import Any

LONGEST_WORD = 100


def storable(text: str) -> str:
    """Without NUL and halves of surrogate pairs: JSON can say them, PostgreSQL cannot store them."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def dictionary(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: Any, length: int) -> str:
    """At most ``length`` storable characters; empty for what is no text."""
    return storable(value)[:length] if isinstance(value, str) else ""


def word(value: Any) -> str:
    """A name or an id: at most 100 storable characters."""
    return text(value, LONGEST_WORD)


def number(value: Any) -> float | None:
    """A finite number, None for everything else; true and false are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        converted = float(value)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) else None
