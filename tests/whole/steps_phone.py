"""Callers: see ``callers``."""

from typing import Any

from hypothesis import strategies as st

from tests.whole.callers import wished
from tests.whole.steps import Steps, either, lines, places, step, stylists, which


class PhoneSteps(Steps):
    @step(line=lines, is_perm=either, staff=stylists, start=places)
    def caller_checks(self, *, line: int, is_perm: bool, staff: bool | None, start: Any) -> None:
        self.callers.checks(self.line(line), wished(self.stage, is_perm=is_perm, staff=staff, start=start))

    @step(line=lines)
    def caller_revalidates(self, *, line: int) -> None:
        self.callers.revalidates(self.line(line))

    @step(line=lines, is_perm=either, staff=stylists, start=places)
    def caller_books(self, *, line: int, is_perm: bool, staff: bool | None, start: Any) -> None:
        self.callers.books(self.line(line), wished(self.stage, is_perm=is_perm, staff=staff, start=start))

    @step(line=lines, number=which, books=either)
    def caller_takes_offer(self, *, line: int, number: int, books: bool) -> None:
        self.callers.takes_offer(self.line(line), number, books=books)

    @step(line=lines, number=which, start=places, says_which=either)
    def caller_moves(self, *, line: int, number: int, start: Any, says_which: bool) -> None:
        self.callers.moves(self.line(line), number, start, says_which=says_which)

    @step(line=lines, number=which, says_which=either)
    def caller_cancels(self, *, line: int, number: int, says_which: bool) -> None:
        self.callers.cancels(self.line(line), number, says_which=says_which)

    @step(line=lines, same_tool=either)
    def caller_repeats(self, *, line: int, same_tool: bool) -> None:
        self.callers.repeats(self.line(line), same_tool=same_tool)

    @step(line=lines, is_perm=either, staff=stylists, start=places)
    def caller_borrows_tool(self, *, line: int, is_perm: bool, staff: bool | None, start: Any) -> None:
        wish = wished(self.stage, is_perm=is_perm, staff=staff, start=start)
        self.callers.borrows_tool(self.line(line), wish)

    @step(line=lines, is_perm=either, staff=stylists, start=places, missing=which, books=either)
    def caller_mumbles(
        self, *, line: int, is_perm: bool, staff: bool | None, start: Any, missing: int, books: bool
    ) -> None:
        wish = wished(self.stage, is_perm=is_perm, staff=staff, start=start)
        self.callers.mumbles(self.line(line), wish, missing, books=books)

    @step(line=lines, what=st.sampled_from(["lists", "gives_back", "hangs_up"]))
    def caller_ends(self, *, line: int, what: str) -> None:
        if what == "hangs_up":
            self.callers.hangs_up(line)
        else:
            getattr(self.callers, what)(self.line(line))

    @step(line=lines, victim=lines, what=st.sampled_from(["reservation", "offer", "appointment"]))
    def somebody_borrows_an_id(self, *, line: int, victim: int, what: str) -> None:
        """An id that belongs to another call, or to another caller, opens nothing (I8, I9)."""
        self.callers.borrows_id(self.line(line), self.line(victim), what)
