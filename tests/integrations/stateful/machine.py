"""The salon's days as hypothesis makes them up."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import requests
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appointments.models.appointment import Source
from integrations.resolving import ways_of
from tests.integrations.sandbox_fixtures import Receiver
from tests.integrations.stateful.acts import Acts
from tests.integrations.stateful.dying import AFTER, BEFORE, STATEMENT
from tests.integrations.stateful.invariants import broken_now, come_to_rest, disagreements, restless
from tests.integrations.stateful.promises import Promises
from tests.integrations.stateful.stage import EVENT_TYPES, PLACES, Stage, staged

which = st.integers(0, 9)
places = st.sampled_from(PLACES)
either = st.booleans()
FAULTS = (
    "error_before", "error_after", "cut_before", "cut_after", "refused", "refused_although_booked", "shifted",
    "other_host", "malformed", "not_found", "rate_limited", "unauthorized",
)  # fmt: skip
OPERATIONS = ("create", "cancel", "reschedule", "get", "list", "slots", "reserve", "release")
PASSING = (10, 70, 400, 1500, 7200)


class CalendarMachine(RuleBasedStateMachine):
    """One sequence. ``teardown`` lets everything come to rest and compares."""

    def __init__(self, settings: Any, receiver: Receiver) -> None:
        super().__init__()
        self.settings, self.receiver = settings, receiver
        self.closing = ExitStack()
        self.is_sound = True

    @initialize(
        strict=st.sampled_from([False, False, True]),
        booked=st.lists(st.tuples(either, either, places), max_size=3),
    )
    def open_salon(self, *, strict: bool, booked: Sequence[tuple[bool, bool, Any]] = ()) -> None:
        """``booked``: perm or cut, Emma or Jonas, when; stands at Cal.com already."""
        mode = "strict" if strict else "mirror"
        self.stage: Stage = self.closing.enter_context(staged(self.settings, self.receiver, mode=mode))
        self.promises = Promises()
        self.acts = Acts(self.stage, self.promises)
        for is_perm, is_emma, start in booked:
            self.staff_books(is_perm=is_perm, is_emma=is_emma, start=start)
        self.worker_syncs()

    def work(self, act: Callable[..., None], *args: Any) -> None:
        """``act`` as a process of its own; whether it died or not, the world is looked at afterwards."""
        before = {one.pk: one.revision for one in self.stage.appointments()}
        with self.stage.fate.work():
            act(*args)
        self.notice(before)
        self.stage.collect()

    def notice(self, before: dict[int, int]) -> None:
        """What a process had committed before it died stands, though it could tell nobody."""
        for one in self.stage.appointments():
            is_begun = one.pk in self.acts.begun and one.revision != before.get(one.pk)
            is_new = one.pk not in before and one.source != Source.CALENDAR
            if is_begun or (is_new and one.pk not in {*self.promises.made, *self.promises.open}):
                self.acts.begun.setdefault(one.pk, one.source == Source.PHONE)
                self.acts.noted(one)
        self.acts.begun.clear()

    def pick(self, things: Any, number: int) -> Any:
        things = list(things)
        return things[number % len(things)]

    # The salon.

    @rule(is_perm=either, is_emma=either, start=places)
    def staff_books(self, *, is_perm: bool, is_emma: bool, start: Any) -> None:
        stage = self.stage
        self.work(self.acts.staff_books, stage.service(is_perm=is_perm), stage.staff(is_emma=is_emma), start)

    @precondition(lambda self: self.stage.appointments())
    @rule(number=which, is_emma=either, start=places)
    def staff_moves(self, *, number: int, is_emma: bool, start: Any) -> None:
        one = self.pick(self.stage.appointments(), number)
        self.work(self.acts.staff_moves, one, self.stage.staff(is_emma=is_emma), start)

    @precondition(lambda self: len(self.stage.appointments()) > 1)
    @rule(number=which, other=which)
    def staff_swaps(self, *, number: int, other: int) -> None:
        appointments = self.stage.appointments()
        first, second = self.pick(appointments, number), self.pick(appointments, other)
        if first != second:
            self.work(self.acts.staff_swaps, first, second)

    @precondition(lambda self: self.stage.appointments())
    @rule(number=which, by_phone=either)
    def somebody_cancels(self, *, number: int, by_phone: bool) -> None:
        one = self.pick(self.stage.appointments(), number)
        self.work(self.acts.caller_cancels if by_phone else self.acts.staff_cancels, one)

    @precondition(lambda self: self.stage.cases())
    @rule(number=which, way=which, is_emma=either, start=places)
    def staff_solves(self, *, number: int, way: int, is_emma: bool, start: Any) -> None:
        case = self.pick(self.stage.cases(), number)
        ways = ways_of(case, now=self.stage.now)
        if ways:
            self.work(
                self.acts.staff_solves, case, self.pick(ways, way), self.stage.staff(is_emma=is_emma), start
            )

    # The phone.

    @rule(is_perm=either, staff=st.sampled_from([None, True, False]), start=places)
    def caller_asks(self, *, is_perm: bool, staff: bool | None, start: Any) -> None:
        stylist = None if staff is None else self.stage.staff(is_emma=staff)
        self.work(self.acts.caller_asks, self.stage.service(is_perm=is_perm), stylist, start)

    @precondition(lambda self: self.stage.holds())
    @rule(number=which)
    def caller_waits(self, *, number: int) -> None:
        self.work(self.acts.caller_waits, self.pick(self.stage.holds(), number))

    @precondition(lambda self: self.stage.holds())
    @rule(number=which)
    def caller_books(self, *, number: int) -> None:
        self.work(self.acts.caller_books, self.pick(self.stage.holds(), number))

    @precondition(lambda self: self.stage.appointments())
    @rule(number=which, start=places)
    def caller_moves(self, *, number: int, start: Any) -> None:
        self.work(self.acts.caller_moves, self.pick(self.stage.appointments(), number), start)

    # Cal.com.

    @rule(event_type=st.sampled_from(EVENT_TYPES), start=places)
    def guest_books(self, *, event_type: int, start: Any) -> None:
        self.acts.guest_books(event_type, start)

    @rule(event_type=st.sampled_from(EVENT_TYPES), start=places)
    def guest_will_slip_in(self, *, event_type: int, start: Any) -> None:
        """Between the check and the effect of whatever is written next."""

        def once() -> None:
            self.stage.world.in_the_gap = lambda: None
            self.acts.guest_books(event_type, start)

        self.stage.world.in_the_gap = once

    @precondition(lambda self: self.stage.standing())
    @rule(number=which)
    def cancelled_there(self, *, number: int) -> None:
        there = self.pick(self.stage.standing(), number)
        self.acts.guests.discard(there.uid)
        self.at_calcom(lambda: self.stage.sandbox.cancel(there.uid))

    @precondition(lambda self: self.stage.standing())
    @rule(number=which, start=places)
    def moved_there(self, *, number: int, start: Any) -> None:
        there = self.pick(self.stage.standing(), number)

        def move() -> None:
            new = self.stage.sandbox.reschedule(there.uid, start)
            if there.uid in self.acts.guests:
                self.acts.guests.remove(there.uid)
                self.acts.guests.add(str(new["uid"]))

        self.at_calcom(move)

    @precondition(lambda self: self.stage.standing())
    @rule(number=which)
    def reassigned_there(self, *, number: int) -> None:
        """Nobody is told."""
        there = self.pick(self.stage.standing(), number)
        self.stage.world.change(there.uid, host_id={101: 102, 102: 101}[there.host_id])

    def at_calcom(self, act: Callable[[], Any]) -> None:
        """Cal.com refuses people as well, and faults meet them too."""
        waiting = self.stage.sandbox.faults.waiting()
        self.stage.sandbox.faults.clear()
        try:
            act()
        except requests.HTTPError:
            return
        finally:
            for fault in waiting:
                self.stage.sandbox.faults.add(
                    fault.fault, fault.operation, times=fault.times, skip=fault.skip
                )

    # What goes wrong.

    @rule(fault=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS), times=st.integers(1, 3))
    def something_will_fail(self, *, fault: str, operation: str, times: int) -> None:
        self.stage.sandbox.faults.add(fault, operation, times=times)

    @rule(where=st.sampled_from([BEFORE, AFTER]), count=st.integers(1, 3))
    def process_will_die_at_a_request(self, *, where: str, count: int) -> None:
        self.stage.fate.kill(where, count)

    @rule(count=st.integers(1, 80))
    def process_will_die_at_a_statement(self, *, count: int) -> None:
        self.stage.fate.kill(STATEMENT, count)

    @precondition(lambda self: self.stage.appointments())
    @rule(
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
        acts, stage = self.acts, self.stage

        def happen() -> None:
            one = self.pick(stage.appointments(), number)
            if act == "cancel":
                acts.staff_cancels(one)
            elif act == "move":
                acts.staff_moves(one, stage.staff(is_emma=is_emma), start)
            else:
                {"post": acts.post_comes, "sync": acts.worker_syncs, "reconcile": acts.worker_reconciles}[
                    act
                ]()

        stage.fate.meanwhile(where, count, happen)

    @rule(seconds=st.sampled_from(PASSING))
    def time_passes(self, *, seconds: int) -> None:
        self.stage.forward(seconds=seconds)

    # The post and the worker.

    @precondition(lambda self: self.stage.letters)
    @rule(number=which, twice=either)
    def letter_comes(self, *, number: int, twice: bool) -> None:
        letter = self.pick(self.stage.letters, number)
        if not twice:
            self.stage.letters.remove(letter)
        self.stage.deliver(letter)

    @precondition(lambda self: self.stage.letters)
    @rule(number=which)
    def letter_is_lost(self, *, number: int) -> None:
        self.stage.letters.remove(self.pick(self.stage.letters, number))

    @rule()
    def post_comes(self) -> None:
        self.work(self.acts.post_comes)

    @precondition(lambda self: self.stage.unread())
    @rule()
    def worker_reads(self) -> None:
        self.work(self.acts.worker_reads)

    @rule()
    def worker_syncs(self) -> None:
        self.work(self.acts.worker_syncs)

    @rule()
    def worker_reconciles(self) -> None:
        self.work(self.acts.worker_reconciles)

    @rule()
    def worker_sweeps(self) -> None:
        self.work(self.acts.worker_sweeps)

    # What must hold.

    @invariant()
    def nothing_is_broken(self) -> None:
        self.demand(broken_now(self.stage))
        self.demand(self.promises.check(self.stage))
        self.demand(self.uninvited())

    def uninvited(self) -> list[str]:
        """Bookings of other people go only if they or the salon's people want it (invariant I6)."""
        gone = [uid for uid in self.acts.guests if not self.stands(uid)]
        return [f"{uid} was a guest's booking and is gone" for uid in gone]

    def stands(self, uid: str) -> bool:
        there = self.stage.world.booking(uid)
        return there is not None and there.stands

    def demand(self, wrong: list[str]) -> None:
        if wrong:
            self.is_sound = False
        assert not wrong, "\n".join(wrong)

    def teardown(self) -> None:
        try:
            if hasattr(self, "stage") and self.is_sound:
                self.stage.world.in_the_gap = lambda: None
                self.demand([] if come_to_rest(self.stage) else restless(self.stage))
                self.nothing_is_broken()
                self.demand(disagreements(self.stage))
        finally:
            self.closing.close()
