"""The difference between what should stand and what stands, as steps. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from integrations.convergence.wanted import Segment
from integrations.models import CalendarBooking


class Move(NamedTuple):
    """``row`` becomes a new booking at ``segment``, with a new uid."""

    row: CalendarBooking
    segment: Segment


@dataclass
class Steps:
    """In this order: what stands in the way of our own new bookings goes, moves in waves that never
    meet a sibling, creates at once, then whatever else should not stand.
    """

    make_way: list[CalendarBooking] = field(default_factory=list)
    moves: list[list[Move]] = field(default_factory=list)
    creates: list[Segment] = field(default_factory=list)
    cancels: list[CalendarBooking] = field(default_factory=list)

    @property
    def places(self) -> list[tuple[int | None, datetime]]:
        """Hosts, and instants at which something changes with them."""
        moves = [move for wave in self.moves for move in wave]
        rows = [*self.make_way, *self.cancels, *(move.row for move in moves)]
        segments = [*self.creates, *(move.segment for move in moves)]
        return [
            *((row.calcom_user_id, row.starts_at) for row in rows),
            *((segment.host_id, segment.start) for segment in segments),
        ]

    @property
    def is_empty(self) -> bool:
        return not (self.make_way or self.moves or self.creates or self.cancels)


def steps_for(
    wanted: Sequence[Segment],
    standing: Sequence[CalendarBooking],
    *,
    now: datetime,
    give_up_first: bool = False,
) -> Steps:
    """``standing``: this appointment's bookings that exist. What has ended is nobody's affair. What
    stands under a name that has to go neither fits nor moves: a move would take the name along.

    ``give_up_first``: cancel and book afresh instead of moving; for two appointments that want each
    other's place and would wait for each other for ever.
    """
    rest = [row for row in standing if row.ends_at > now]
    steps = Steps()
    moves: list[Move] = []
    for segment in wanted:
        same = [row for row in rest if row.position == segment.position and not row.outdated]
        fitting = next((row for row in same if stands_as(row, segment)), None)
        movable = next((row for row in same if _can_move(row, segment)), None)
        if fitting is not None:
            rest.remove(fitting)
        elif movable is not None and not give_up_first:
            rest.remove(movable)
            moves.append(Move(movable, segment))
        else:
            steps.creates.append(segment)
    steps.moves = waves(moves)
    for row in rest:
        in_the_way = give_up_first or any(_collide(row, segment) for segment in steps.creates)
        (steps.make_way if in_the_way else steps.cancels).append(row)
    return steps


def stands_as(row: CalendarBooking, segment: Segment) -> bool:
    return (row.calcom_user_id, row.event_type_id, row.starts_at, row.ends_at) == (
        segment.host_id,
        segment.event_type_id,
        segment.start,
        segment.end,
    )


def _can_move(row: CalendarBooking, segment: Segment) -> bool:
    """Cal.com moves the start only: same host, event type and length (``calcom.md``, point 12)."""
    same_place = (row.calcom_user_id, row.event_type_id) == (segment.host_id, segment.event_type_id)
    return same_place and row.ends_at - row.starts_at == segment.end - segment.start


def _collide(row: CalendarBooking, segment: Segment) -> bool:
    return row.calcom_user_id == segment.host_id and row.period.overlaps(segment.period)


def waves(moves: Sequence[Move]) -> list[list[Move]]:
    """Moves that can be made at once, then those for which they make room: later means last first.

    Siblings keep their order and distances, so somebody can always go; if not, the first goes and
    Cal.com decides.
    """
    remaining = list(moves)
    result: list[list[Move]] = []
    while remaining:
        free = [
            move
            for move in remaining
            if not any(_collide(other.row, move.segment) for other in remaining if other is not move)
        ]
        wave = free or remaining[:1]
        result.append(wave)
        remaining = [move for move in remaining if move not in wave]
    return result
