"""Who goes where, decided for all together. Pure: knows neither salons nor databases.

As many as possible get a place; of arrangements with equally many the one in which most keep their time;
of those the one whose places cost least. Branch and bound, exact for as long as ``STEPS`` last; beyond,
the best that was found, in which nobody is left without a place who could still have one.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from appointments.rules.periods import Period

# Places tried in all. A day of eight appointments takes some dozens, a bad one a quarter of a second.
STEPS = 20_000
# The search looks at so many places of each wish; whoever gets none of them is offered all others.
PLACES = 24
# Two of these places with the same owner lie at least so far apart.
SPACING = timedelta(minutes=15)


class Claim(NamedTuple):
    """``owner`` (a stylist, a customer) has nobody else in ``period``."""

    owner: Hashable
    period: Period


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody could go. ``cost`` is at least 0; ``what`` is the asker's own business."""

    claims: tuple[Claim, ...]
    keeps_time: bool
    cost: int
    what: Any = None


@dataclass(frozen=True, slots=True)
class Wish:
    """``places``: the best first. ``rest``: what it claims as long as it stays where it is."""

    places: Sequence[Place]
    rest: tuple[Claim, ...] = ()


class Score(NamedTuple):
    """Less is better, from the left."""

    unplaced: int = 0
    moved_in_time: int = 0
    cost: int = 0

    def plus(self, other: "Score") -> "Score":
        return Score(
            self.unplaced + other.unplaced,
            self.moved_in_time + other.moved_in_time,
            self.cost + other.cost,
        )


def score_of(place: Place | None) -> Score:
    return Score(unplaced=1) if place is None else Score(0, not place.keeps_time, place.cost)


def arrange(wishes: Sequence[Wish], *, steps: int = STEPS) -> list[Place | None]:
    """A place for each wish, or None, such that no two claims of one owner overlap. The same answer for
    the same question, always.
    """
    search = _Search(wishes, steps)
    search.run()
    return _completed(wishes, search.best)


class Board:
    """What is claimed so far."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._taken: dict[Hashable, list[Period]] = defaultdict(list)
        self.add(claims)

    def fits(self, claims: Iterable[Claim]) -> bool:
        return not any(
            period.overlaps(taken) for owner, period in claims for taken in self._taken.get(owner, ())
        )

    def add(self, claims: Iterable[Claim]) -> None:
        for owner, period in claims:
            self._taken[owner].append(period)

    def remove(self, claims: Iterable[Claim]) -> None:
        for owner, period in claims:
            self._taken[owner].remove(period)


class _Search:
    """Whoever has least to choose from comes first; each tries the best place first."""

    def __init__(self, wishes: Sequence[Wish], steps: int) -> None:
        self._wishes = wishes
        self._steps = steps
        self._order = sorted(range(len(wishes)), key=lambda index: (len(wishes[index].places), index))
        self._shortlists = [shortlist(wish.places) for wish in wishes]
        self._floor = self._floors()
        self._board = Board()
        self._chosen: list[Place | None] = [None] * len(wishes)
        # Everybody stays: always possible, because it is so now.
        self.best: list[Place | None] = list(self._chosen)
        self._best_score = Score(unplaced=len(wishes))

    def _floors(self) -> list[Score]:
        """By depth, what the rest costs at least if nobody is in anybody's way."""
        floors = [Score()]
        for index in reversed(self._order):
            least = min(map(score_of, self._shortlists[index]), default=score_of(None))
            floors.append(floors[-1].plus(least))
        return floors[::-1]

    def run(self) -> None:
        self._descend(0, Score())

    def _descend(self, depth: int, score: Score) -> None:
        if score.plus(self._floor[depth]) >= self._best_score:
            return
        if depth == len(self._order):
            self.best, self._best_score = list(self._chosen), score
            return
        index = self._order[depth]
        for place in (*self._shortlists[index], None):
            if self._steps <= 0:
                return
            self._steps -= 1
            claims = self._wishes[index].rest if place is None else place.claims
            if self._board.fits(claims):
                self._board.add(claims)
                self._chosen[index] = place
                self._descend(depth + 1, score.plus(score_of(place)))
                self._chosen[index] = None
                self._board.remove(claims)


def shortlist(places: Sequence[Place], most: int = PLACES) -> list[Place]:
    """All that keep the time, and of the others the best, not side by side."""
    chosen = [place for place in places if place.keeps_time]
    begun: dict[Hashable, list[Period]] = defaultdict(list)
    for place in places:
        if len(chosen) >= most:
            break
        owner, period = place.claims[0]
        if not place.keeps_time and all(abs(period.start - one.start) >= SPACING for one in begun[owner]):
            begun[owner].append(period)
            chosen.append(place)
    return chosen


def _completed(wishes: Sequence[Wish], chosen: Sequence[Place | None]) -> list[Place | None]:
    """Whoever has none gets any place that is still free; what they leave may be the place of another."""
    result = list(chosen)
    board = Board(claim for index, wish in enumerate(wishes) for claim in claims_of(wish, result[index]))
    left = [index for index, place in enumerate(result) if place is None]
    while True:
        index, place = _next(wishes, left, board)
        if place is None:
            return result
        board.remove(wishes[index].rest)
        board.add(place.claims)
        result[index] = place
        left.remove(index)


def _next(wishes: Sequence[Wish], left: Sequence[int], board: Board) -> tuple[int, Place | None]:
    for index in left:
        board.remove(wishes[index].rest)
        place = next((place for place in wishes[index].places if board.fits(place.claims)), None)
        board.add(wishes[index].rest)
        if place is not None:
            return index, place
    return -1, None


def claims_of(wish: Wish, place: Place | None) -> tuple[Claim, ...]:
    return wish.rest if place is None else place.claims
