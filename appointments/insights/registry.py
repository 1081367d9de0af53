"""Which tiles there are. Each app contributes its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from appointments.insights.frame import Frame
from appointments.insights.tiles import Tile


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """``build`` makes its tile with a number of queries that does not depend on the rows.

    ``permission``: that of the lists it links to; who may not open them does not see the tile either.
    """

    key: str
    permission: str
    build: Callable[[Frame], Tile]


_insights: dict[str, Insight] = {}


def register(*insights: Insight) -> None:
    """Call it in ``AppConfig.ready()``."""
    for one in insights:
        _insights[one.key] = one


def tiles_for(user: Any, frame: Frame) -> Sequence[Tile]:
    return [one.build(frame) for one in _insights.values() if user.has_perm(one.permission)]
