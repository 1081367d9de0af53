"""The salon's people and other systems: see ``counter``, ``systems`` and ``at_once``."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from integrations.resolving import ways_of
from tests.whole.at_once import PAIRS
from tests.whole.callers import wished
from tests.whole.steps import Steps, either, lines, places, step, stylists, which


class SalonSteps(Steps):
    @step(is_perm=either, is_emma=either, start=places, in_planner=either)
    def staff_books(self, *, is_perm: bool, is_emma: bool, start: Any, in_planner: bool = False) -> None:
        service, staff = self.stage.service(is_perm=is_perm), self.stage.staff(is_emma=is_emma)
        act = self.counter.books_in_planner if in_planner else self.counter.books
        self.stage.journal.note("counter", does="books", service=service, staff=staff, start=start)
        self.work(act, service, staff, start)

    @step(number=which, is_emma=either, start=places, in_planner=either)
    def staff_moves(self, *, number: int, is_emma: bool, start: Any, in_planner: bool = False) -> None:
        one, staff = self.pick(self.stage.appointments(), number), self.stage.staff(is_emma=is_emma)
        if one:
            act = self.counter.moves_in_planner if in_planner else self.counter.moves
            self.stage.journal.note("counter", does="moves", appointment=one, staff=staff, start=start)
            self.work(act, one, staff, start)

    @step(number=which, other=which)
    def staff_swaps(self, *, number: int, other: int) -> None:
        rows = self.stage.appointments()
        first, second = self.pick(rows, number), self.pick(rows, other)
        if first != second:
            self.stage.journal.note("unplayed", what=f"staff swap {first.pk} and {second.pk}")
            self.work(self.counter.swaps, first, second)

    @step(number=which)
    def staff_cancels(self, *, number: int) -> None:
        one = self.pick(self.stage.appointments(), number)
        if one:
            self.stage.journal.note("counter", does="cancels", appointment=one)
            self.work(self.counter.cancels, one)

    @step(number=which, way=which, is_emma=either, start=places)
    def staff_solves(self, *, number: int, way: int, is_emma: bool, start: Any) -> None:
        case = self.pick(self.stage.cases(), number)
        ways = ways_of(case, now=self.stage.now) if case else ()
        if ways:
            chosen = self.pick(ways, way)
            self.stage.journal.note("unplayed", what=f"staff solve {case.kind}: {chosen}")
            self.work(self.counter.solves, case, chosen, self.stage.staff(is_emma=is_emma), start)

    @step(rows=st.lists(st.tuples(either, either, places), min_size=1, max_size=3))
    def old_diary_comes(self, *, rows: Sequence[tuple[bool, bool, Any]]) -> None:
        stage = self.stage
        entries = [(stage.service(is_perm=p), stage.staff(is_emma=e), start) for p, e, start in rows]
        stage.journal.note("unplayed", what=f"an old diary is imported: {entries}")
        self.work(self.counter.imports, entries)

    @step(is_perm=either, staff=stylists, start=places, key=st.sampled_from(["", "a", "a", "b"]))
    def system_books(self, *, is_perm: bool, staff: bool | None, start: Any, key: str) -> None:
        self.systems.books(wished(self.stage, is_perm=is_perm, staff=staff, start=start), key)

    @step(number=which, is_perm=either, start=places, by_neighbour=either, cancels=either)
    def system_changes(
        self, *, number: int, is_perm: bool, start: Any, by_neighbour: bool, cancels: bool
    ) -> None:
        one = self.pick(self.stage.appointments(), number)
        if one and cancels:
            self.systems.cancels(one, by_neighbour=by_neighbour)
        elif one:
            wish = wished(self.stage, is_perm=is_perm, staff=None, start=start)
            self.systems.moves(one, wish, by_neighbour=by_neighbour)

    @step(pair=st.sampled_from(PAIRS), line=lines, is_perm=either, staff=stylists, start=places, other=places)
    def at_the_same_moment(
        self, *, pair: str, line: int, is_perm: bool, staff: bool | None, start: Any, other: Any
    ) -> None:
        one = wished(self.stage, is_perm=is_perm, staff=staff, start=start)
        two = wished(self.stage, is_perm=not is_perm, staff=staff, start=other)
        self.both.happens(pair, one, two, self.line(line))
