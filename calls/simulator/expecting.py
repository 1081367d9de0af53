"""Whether a reply is what the script expects."""

from collections.abc import Callable
from typing import Any


def disappointments(reply: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """One line for each expectation that is not met; none if all are."""
    return [
        f"{field}: expected {wanted!r}, got {reply.get(field)!r}"
        for field, wanted in expected.items()
        if not _meets(reply.get(field), wanted)
    ]


def _meets(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(value == wanted)
    return all(CONDITIONS[condition](value, operand) for condition, operand in wanted.items())


CONDITIONS: dict[str, Callable[[Any, Any], bool]] = {
    "any_of": lambda value, operand: value in operand,
    "contains": lambda value, operand: operand in str(value),
    "lacks": lambda value, operand: operand not in str(value),
    "at_least": lambda value, operand: isinstance(value, list) and len(value) >= operand,
    "at_most": lambda value, operand: isinstance(value, int | float) and value <= operand,
}
