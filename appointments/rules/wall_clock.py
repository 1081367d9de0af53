"""What a time on somebody's clock means, also on the two nights on which clocks are changed."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Wall(NamedTuple):
    """``instant`` in UTC. ``exists`` is False for a time that the clock leaves out in spring; ``is_double``
    says of one that comes twice in autumn that it is the first of the two.
    """

    instant: datetime
    exists: bool = True
    is_double: bool = False


def read_wall(wall: datetime, zone: ZoneInfo) -> Wall:
    """``wall`` is naive, or has an offset of its own and then means what it says."""
    if wall.tzinfo is not None:
        return Wall(wall.astimezone(UTC))
    first = wall.replace(tzinfo=zone, fold=0)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        return Wall(instant, exists=False)
    return Wall(instant, is_double=wall.replace(tzinfo=zone, fold=1).utcoffset() != first.utcoffset())
