"""Two at the very same moment, each with a connection of its own: what one of them hears is true, too."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection

from tests.calls.phone import Phone, send
from tests.whole.answers import BOOKED, Wish
from tests.whole.callers import Line
from tests.whole.counter import Counter
from tests.whole.stage import Stage
from tests.whole.systems import Systems
from tests.whole.workers import Worker

T = TypeVar("T")
WAIT_SECONDS = 30
PAIRS = (
    "two workers",
    "a key twice",
    "a tool call twice",
    "two callers",
    "counter and caller",
    "worker and counter",
)


def at_once(*acts: Callable[[], T]) -> list[T]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            barrier.wait(WAIT_SECONDS)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result() for each in [pool.submit(run, act) for act in acts]]


class AtOnce:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.counter, self.worker, self.systems = Counter(stage), Worker(stage), Systems(stage)

    def happens(self, pair: str, wish: Wish, other: Wish, line: Line) -> None:
        before = self.stage.revisions()
        self.stage.fate.spare()
        self.stage.fate.hurt = self.stage.fate.overtaken = False
        {
            "two workers": self._two_workers,
            "a key twice": self._a_key_twice,
            "a tool call twice": self._a_tool_call_twice,
            "two callers": self._two_callers,
            "counter and caller": self._counter_and_caller,
            "worker and counter": self._worker_and_counter,
        }[pair](wish, other, line)
        self.stage.journal.note("unplayed", what=f"at the same moment: {pair}, {wish}, {other}")
        self.stage.notice(before)
        self.stage.collect()

    def _two_workers(self, _wish: Wish, _other: Wish, _line: Line) -> None:
        at_once(self.worker.syncs, self.worker.syncs)

    def _a_key_twice(self, wish: Wish, _other: Wish, _line: Line) -> None:
        body = self.systems.body(wish)
        key = {"Idempotency-Key": f"twice-{len(self.stage.journal.entries)}"}
        answers = at_once(*[lambda: self.stage.api.post("/appointments/", body, **key)] * 2)
        first, second = ((one.status_code, one.json()) for one in answers)
        self.stage.demand([] if first[0] != 201 or first == second else [f"I7: {first}, {second}"])

    def _a_tool_call_twice(self, wish: Wish, _other: Wish, line: Line) -> None:
        args = {**wish.words(), "name": line.name}
        tool = line.tool()
        message = line.phone.message("start_booking", args, tool)
        first, second = at_once(*[lambda: send(message).json()] * 2)
        wrong = [] if first == second else [f"I7: the same message heard {first}, {second}"]
        self.stage.demand(wrong + self._true([first, second]))

    def _two_callers(self, wish: Wish, other: Wish, _line: Line) -> None:
        phones = [Phone(self.stage.salon.number, f"+493090044{number}") for number in range(2)]
        acts = [
            self._booking(phone, one, name)
            for phone, one, name in zip(phones, (wish, other), ("Eva Schuster", "Lena Vogel"), strict=True)
        ]
        self.stage.demand(self._true(at_once(*acts)))

    def _counter_and_caller(self, wish: Wish, other: Wish, _line: Line) -> None:
        phone = Phone(self.stage.salon.number, "+4930900449")
        answers: list[Any] = at_once(
            self._booking(phone, wish, "Eva Schuster"),
            lambda: self.counter.books(other.service, other.staff or self.stage.salon.emma, other.start),
        )
        self.stage.demand(self._true(answers[:1]))

    def _worker_and_counter(self, wish: Wish, _other: Wish, _line: Line) -> None:
        appointments = self.stage.appointments()
        if appointments:
            mine = appointments[-1]
            staff = wish.staff or mine.staff
            at_once(self.worker.syncs, lambda: self.counter.moves(mine, staff, wish.start))

    def _booking(self, phone: Phone, wish: Wish, name: str) -> Callable[[], Any]:
        message = phone.message("start_booking", {**wish.words(), "name": name}, "tool_1")
        return lambda: send(message).json()

    def _true(self, replies: Sequence[dict[str, Any]]) -> list[str]:
        """Whoever heard "gebucht" has it."""
        rows = {one.pk: one for one in self.stage.appointments()}
        wrong = []
        for reply in replies:
            if reply["status"] == "error":
                wrong.append("I4: an error, although nothing had failed")
            if reply["status"] in BOOKED and not rows[reply["appointment_id"]].is_blocking:
                wrong.append(f"I4: heard {reply}, but it is {rows[reply['appointment_id']].status}")
        return wrong
