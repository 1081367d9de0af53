"""Fields of the export whose values other apps know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

# From appointment ids to the values of those that have one, in a fixed number of queries.
Loader = Callable[[Sequence[int]], Mapping[int, Any]]


def _nothing(ids: Sequence[int]) -> Mapping[int, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Contribution:
    """``default`` is the value of whatever the loader leaves out; ``cell`` is a value in a CSV."""

    default: Any
    cell: Callable[[Any], str] = str
    loader: Loader = _nothing


# The contract's fields stand here, in its order, so that an export has them whoever is installed.
_contributions: dict[str, Contribution] = {
    "calendar": Contribution(
        default={"state": "none", "bookings": []}, cell=lambda calendar: str(calendar["state"])
    ),
    "calls": Contribution(default=[], cell=lambda calls: " ".join(call["call_id"] for call in calls)),
}


def contribute(field: str, *, loader: Loader) -> None:
    """Fills ``field`` ("calendar" or "calls"). Call it in ``AppConfig.ready()``.

    ``loader`` gets the ids of a chunk of appointments, of any company.
    """
    _contributions[field] = replace(_contributions[field], loader=loader)


def contributed(ids: Sequence[int]) -> dict[str, Mapping[int, Any]]:
    """For each field the values of these appointments, complete."""
    return {
        field: dict.fromkeys(ids, contribution.default) | dict(contribution.loader(ids))
        for field, contribution in _contributions.items()
    }


def cells(values: Mapping[str, Any]) -> dict[str, str]:
    """The contributed fields of a row of the export as text."""
    return {field: contribution.cell(values[field]) for field, contribution in _contributions.items()}
