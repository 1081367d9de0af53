"""Who goes where, whatever the wishes: never two in one place, and as good as trying everything."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.replanning.arranging import (
    Claim,
    Place,
    Score,
    Wish,
    arrange,
    claims_of,
    score_of,
)
from appointments.rules.periods import Period

TEN = datetime(2026, 11, 30, 9, tzinfo=UTC)
always = settings(derandomize=True, database=None, deadline=None, max_examples=80)


def period(start: int, minutes: int) -> Period:
    begins = TEN + timedelta(minutes=start)
    return Period(begins, begins + timedelta(minutes=minutes))


def place(owner: str, start: int, minutes: int = 60, *, cost: int = 0, keeps: bool = False) -> Place:
    return Place((Claim(owner, period(start, minutes)),), keeps, cost)


places = st.builds(
    place,
    st.sampled_from(["Jonas", "Mara", "Emma"]),
    st.integers(0, 12).map(lambda quarter: quarter * 15),
    st.sampled_from([30, 60]),
    cost=st.integers(0, 90),
    keeps=st.booleans(),
)


@st.composite
def questions(draw: st.DrawFn) -> list[Wish]:
    """Up to three who had an hour each with Emma, one after the other."""
    count = draw(st.integers(1, 3))
    ranked = st.lists(places, max_size=4).map(lambda some: sorted(some, key=score_of))
    return [Wish(draw(ranked), place("Emma", 60 * index).claims) for index in range(count)]


def clashes(wishes: list[Wish], chosen: list[Place | None]) -> list[tuple[Claim, Claim]]:
    claims = [claims_of(wish, one) for wish, one in zip(wishes, chosen, strict=True)]
    return [
        (left, right)
        for one, other in combinations(claims, 2)
        for left, right in product(one, other)
        if left.owner == right.owner and left.period.overlaps(right.period)
    ]


def total(chosen: list[Place | None]) -> Score:
    score = Score()
    for one in chosen:
        score = score.plus(score_of(one))
    return score


def best_of_all(wishes: list[Wish]) -> Score:
    """Slow and obvious: every combination there is."""
    every = product(*([*wish.places, None] for wish in wishes))
    return min(total(list(chosen)) for chosen in every if not clashes(wishes, list(chosen)))


@always
@given(questions())
def test_nobody_is_in_anybodys_place_and_nothing_is_better(wishes: list[Wish]) -> None:
    chosen = arrange(wishes)
    assert clashes(wishes, chosen) == []
    assert total(chosen) == best_of_all(wishes)
    assert arrange(wishes) == chosen


@always
@given(questions(), st.integers(0, 12))
def test_stopped_early_it_still_leaves_nobody_out_who_has_a_place(wishes: list[Wish], steps: int) -> None:
    chosen = arrange(wishes, steps=steps)
    assert clashes(wishes, chosen) == []
    for index, wish in enumerate(wishes):
        if chosen[index] is None:
            assert all(clashes(wishes, [*chosen[:index], one, *chosen[index + 1 :]]) for one in wish.places)


def test_one_gives_way_so_that_both_get_a_place() -> None:
    """Greedily the first would take the only place of the second."""
    only, other = place("Jonas", 0, keeps=True), place("Mara", 0, cost=50, keeps=True)
    assert arrange([Wish([only, other]), Wish([only])]) == [other, only]


def test_a_place_counts_more_than_the_same_time_for_somebody() -> None:
    same, long = place("Jonas", 0, keeps=True), place("Jonas", 0, 180, keeps=True)
    later = place("Jonas", 60, cost=60)
    assert arrange([Wish([long, place("Mara", 0, cost=9)]), Wish([same, later])]) == [
        place("Mara", 0, cost=9),
        same,
    ]


def test_who_stays_keeps_the_own_time() -> None:
    """Emma comes back at eleven; whoever cannot be moved is still in her diary until half past."""
    stays = Wish([], (Claim("Emma", period(0, 90)),))
    moves = Wish([place("Emma", 60), place("Emma", 120, cost=60)])
    assert arrange([stays, moves]) == [None, place("Emma", 120, cost=60)]
