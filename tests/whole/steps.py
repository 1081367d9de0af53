"""What is drawn, and steps that are counted."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.whole.at_once import AtOnce
from tests.whole.calcom import CalCom
from tests.whole.callers import Callers, Line
from tests.whole.counter import Counter
from tests.whole.journal import TALLY
from tests.whole.stage import PLACES, Stage
from tests.whole.systems import Systems
from tests.whole.workers import Worker

which = st.integers(0, 9)
lines = st.integers(0, 2)
places = st.sampled_from(PLACES)
either = st.booleans()
stylists = st.sampled_from([True, True, False, None])


def step(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A rule that is counted by its name."""

    def decorate(act: Callable[..., None]) -> Any:
        @wraps(act)
        def counted(machine: "Steps", **facts: Any) -> None:
            TALLY.rules[act.__name__] += 1
            TALLY.steps += 1
            try:
                act(machine, **facts)
            except BaseException:
                machine.stage.is_sound = False  # what comes to rest after that proves nothing
                raise

        return rule(**strategies)(counted)

    return decorate


class Steps(RuleBasedStateMachine):
    """What all rules have at hand, from ``open_salon`` on."""

    stage: Stage
    callers: Callers
    counter: Counter
    calcom: CalCom
    worker: Worker
    systems: Systems
    both: AtOnce

    def work(self, act: Callable[..., Any], *args: Any) -> None:
        with self.stage.work():
            act(*args)

    def pick(self, things: Sequence[Any], number: int) -> Any:
        return things[number % len(things)] if things else None

    def line(self, number: int) -> Line:
        return self.callers.lines[number]
