"""The salon's days as hypothesis makes them up: everybody who can do something, and everything that can go
wrong. What is drawn never depends on what has happened, so a sequence means the same whenever it is played;
a rule that finds nothing to act on does nothing.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from integrations.resolving import ways_of
from tests.integrations.sandbox_fixtures import Receiver
from tests.whole import mail
from tests.whole.at_once import PAIRS, AtOnce
from tests.whole.calcom import CalCom
from tests.whole.callers import Callers, Line, wished
from tests.whole.counter import Counter
from tests.whole.dying import AFTER, BEFORE, DEADLOCK, DROPPED, SERIALIZATION, STATEMENT
from tests.whole.invariants import broken_now
from tests.whole.journal import TALLY
from tests.whole.resting import broken_at_rest, come_to_rest, restless
from tests.whole.stage import EVENT_TYPES, PLACES, staged
from tests.whole.systems import Systems
from tests.whole.workers import TASKS, Worker

which = st.integers(0, 9)
lines = st.integers(0, 2)
places = st.sampled_from(PLACES)
either = st.booleans()
stylists = st.sampled_from([True, True, False, None])
FAULTS = (
    "error_before", "error_after", "cut_before", "cut_after", "timeout_before", "timeout_after", "refused",
    "refused_although_booked", "shifted", "other_host", "malformed", "not_found", "rate_limited",
    "unauthorized",
)  # fmt: skip
OPERATIONS = (
    "create",
    "create",
    "create",
    "create",
    "cancel",
    "reschedule",
    "get",
    "list",
    "slots",
    "reserve",
    "release",
)
# Long enough for whoever waits to give up, short enough for a test.
TIMEOUT_SECONDS = 0.05
PASSING = (10, 70, 100, 400, 1500, 7200)


def step(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A rule that is counted, and knows its own name in the journal."""

    def decorate(act: Callable[..., None]) -> Any:
        @wraps(act)
        def counted(machine: "WholeMachine", **facts: Any) -> None:
            TALLY.rules[act.__name__] += 1
            TALLY.steps += 1
            act(machine, **facts)

        return rule(**strategies)(counted)

    return decorate


class WholeMachine(RuleBasedStateMachine):
    """One sequence. ``teardown`` lets everything come to rest and compares."""

    def __init__(self, settings: Any, receiver: Receiver) -> None:
        super().__init__()
        self.settings, self.receiver = settings, receiver
        self.closing = ExitStack()
        TALLY.sequences += 1

    @initialize(
        strict=st.sampled_from([False, False, True]),
        booked=st.lists(st.tuples(either, either, places), max_size=3),
    )
    def open_salon(self, *, strict: bool, booked: Sequence[tuple[bool, bool, Any]] = ()) -> None:
        """``booked``: perm or cut, Emma or Jonas, when; stands at Cal.com already."""
        mode = "strict" if strict else "mirror"
        stage = self.stage = self.closing.enter_context(staged(self.settings, self.receiver, mode=mode))
        self.callers, self.counter, self.calcom = Callers(stage), Counter(stage), CalCom(stage)
        self.worker, self.systems, self.both = Worker(stage), Systems(stage), AtOnce(stage)
        for is_perm, is_emma, start in booked:
            self.staff_books(is_perm=is_perm, is_emma=is_emma, start=start)
        self.work(self.worker.syncs)

    def work(self, act: Callable[..., Any], *args: Any) -> None:
        with self.stage.work():
            act(*args)

    def pick(self, things: Sequence[Any], number: int) -> Any:
        return things[number % len(things)] if things else None

    def line(self, number: int) -> Line:
        return self.callers.lines[number]

    # The phone.

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

    # The salon, and other systems.

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

    # Cal.com.

    @step(event_type=st.sampled_from(EVENT_TYPES), start=places, in_the_gap=either)
    def guest_books(self, *, event_type: int, start: Any, in_the_gap: bool = False) -> None:
        self.stage.journal.note("calendar", event_type=event_type, start=start, in_the_gap=in_the_gap)
        (self.calcom.guest_will_slip_in if in_the_gap else self.calcom.guest_books)(event_type, start)

    @step(number=which)
    def cancelled_there(self, *, number: int) -> None:
        there = self.pick(self.stage.standing(), number)
        if there:
            self.stage.journal.note("unplayed", what=f"{there.uid} is cancelled at Cal.com")
            self.calcom.cancelled(there)

    @step(number=which, start=places)
    def moved_there(self, *, number: int, start: Any) -> None:
        there = self.pick(self.stage.standing(), number)
        if there:
            self.stage.journal.note("unplayed", what=f"{there.uid} is moved at Cal.com to {start}")
            self.calcom.moved(there, start)

    @step(number=which)
    def reassigned_there(self, *, number: int) -> None:
        there = self.pick(self.stage.standing(), number)
        if there:
            self.stage.journal.note("unplayed", what=f"{there.uid} gets another host at Cal.com")
            self.calcom.reassigned(there)

    # What goes wrong.

    @step(fault=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS), times=st.integers(1, 3))
    def something_will_fail(self, *, fault: str, operation: str, times: int) -> None:
        self.stage.journal.note("fault", fault=fault, operation=operation, times=times)
        self.stage.sandbox.faults.add(fault, operation, times=times, seconds=TIMEOUT_SECONDS)

    @step(where=st.sampled_from([BEFORE, AFTER, STATEMENT]), count=st.integers(1, 60))
    def process_will_die(self, *, where: str, count: int) -> None:
        at = count if where == STATEMENT else 1 + count % 3
        self.stage.journal.note("unplayed", what=f"the process will die {where} {at}")
        self.stage.fate.kill(where, at)

    @step(kind=st.sampled_from([DROPPED, DEADLOCK, SERIALIZATION]), count=st.integers(1, 60), twice=either)
    def database_will_fail(self, *, kind: str, count: int, twice: bool) -> None:
        self.stage.journal.note("unplayed", what=f"{kind} at statement {count}")
        self.stage.fate.fail_database(kind, count)
        if twice:
            self.stage.fate.fail_database(kind, count + 8)

    @step(trouble=st.sampled_from([mail.AWAY, mail.REFUSES, mail.BREAKS_OFF]))
    def mail_will_fail(self, *, trouble: str) -> None:
        mail.Letterbox.troubles.append(trouble)

    @step(
        where=st.sampled_from([BEFORE, AFTER]),
        count=st.integers(1, 3),
        act=st.sampled_from(["cancel", "move", "post", "sync", "reconcile"]),
        number=which,
        is_emma=either,
        start=places,
    )
    def somebody_will_act_meanwhile(
        self, *, where: str, count: int, act: str, number: int, is_emma: bool, start: Any
    ) -> None:
        stage, counter, worker = self.stage, self.counter, self.worker

        def happen() -> None:
            one = self.pick(stage.appointments(), number)
            if act == "cancel" and one:
                counter.cancels(one)
            elif act == "move" and one:
                counter.moves(one, stage.staff(is_emma=is_emma), start)
            elif act in ("post", "sync", "reconcile"):
                {"post": worker.post_comes, "sync": worker.syncs, "reconcile": worker.reconciles}[act]()

        stage.journal.note("unplayed", what=f"meanwhile, {where} request {count}: {act}")
        stage.fate.meanwhile(where, count, happen)

    @step(seconds=st.sampled_from(PASSING))
    def time_passes(self, *, seconds: int) -> None:
        self.stage.forward(seconds=seconds)

    # The post and the worker.

    @step(number=which, how=st.sampled_from(["once", "twice", "lost"]))
    def letter_comes(self, *, number: int, how: str) -> None:
        """In any order, since ``number`` picks it."""
        letter = self.pick(self.stage.letters, number)
        if letter is None:
            return
        if how != "twice":
            self.stage.letters.remove(letter)
        if how != "once":
            TALLY.faults[f"webhook {how}"] += 1
        if how != "lost":
            self.stage.deliver(letter)

    @step()
    def post_comes(self) -> None:
        self.stage.journal.note("works", task="reads")
        self.work(self.worker.post_comes)

    @step(task=st.sampled_from(["syncs", *TASKS]))
    def worker_works(self, *, task: str) -> None:
        self.stage.journal.note("works", task=task)
        self.work(self.worker.does, task)

    # What must hold.

    @invariant()
    def nothing_is_broken(self) -> None:
        self.stage.demand(broken_now(self.stage))

    def teardown(self) -> None:
        try:
            if hasattr(self, "stage") and self.stage.is_sound:
                stage = self.stage
                stage.demand([] if come_to_rest(stage) else restless(stage))
                stage.demand(broken_now(stage))
                stage.demand(broken_at_rest(stage))
        finally:
            self.closing.close()
