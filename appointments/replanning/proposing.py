"""The proposal: a place for each affected appointment, and what else could be chosen for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appointments.availability import Slot
from appointments.models import Appointment
from appointments.replanning.affected import Away, left_as_is
from appointments.replanning.arranging import Board, Place, Wish, arrange, claims_of
from appointments.replanning.situation import Situation, look_at

# Choices of a select that somebody reads while a customer waits.
CHOICES = 8
OWN = 2
APART = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Row:
    """``places``: the proposed one first, then others that are free whatever becomes of the other rows, as
    proposed. Empty: only a call can help. ``stays``: somebody has said before that it takes place.
    """

    appointment: Appointment
    places: Sequence[Slot]
    stays: bool = False

    @property
    def proposed(self) -> Slot | None:
        return self.places[0] if self.places else None


@dataclass(frozen=True, slots=True)
class Proposal:
    away: Away
    rows: Sequence[Row]

    @property
    def placed(self) -> int:
        return sum(row.proposed is not None for row in self.rows)


def propose(away: Away, *, now: datetime) -> Proposal:
    """Raises ``TooMany``."""
    return proposal_for(look_at(away, now=now))


def proposal_for(situation: Situation) -> Proposal:
    wishes = situation.wishes
    chosen = arrange(wishes)
    board = Board(
        claim for wish, place in zip(wishes, chosen, strict=True) for claim in claims_of(wish, place)
    )
    stays = left_as_is(situation.affected)
    rows = [
        Row(one, [each.what for each in _choices(board, wish, place, one)], stays=one.pk in stays)
        for one, wish, place in zip(situation.affected, wishes, chosen, strict=True)
    ]
    return Proposal(situation.away, rows)


def _choices(board: Board, wish: Wish, chosen: Place | None, appointment: Appointment) -> list[Place]:
    if chosen is None:
        return []
    board.remove(chosen.claims)
    free = [place for place in wish.places if place is not chosen and board.fits(place.claims)]
    board.add(chosen.claims)
    same_time = [place for place in free if place.keeps_time][: CHOICES // 2]
    own = [place for place in free if place.what.staff.pk == appointment.staff_id]
    picked = [chosen, *same_time]
    _pick(picked, own, len(picked) + OWN)
    _pick(picked, free, CHOICES)
    return picked


def _pick(picked: list[Place], candidates: Sequence[Place], most: int) -> None:
    """Adds the best that are no mere shade of what is there."""
    for place in candidates:
        if len(picked) >= most:
            return
        if not any(_is_like(place.what, other.what) for other in picked):
            picked.append(place)


def _is_like(one: Slot, other: Slot) -> bool:
    return one.staff.pk == other.staff.pk and abs(one.start - other.start) < APART
