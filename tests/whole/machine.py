"""The salon's days as hypothesis makes them up: everybody who can do something, and everything that can go
wrong. What is drawn never depends on what has happened, so a sequence means the same whenever it is played;
a rule that finds nothing to act on does nothing.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from tests.integrations.sandbox_fixtures import Receiver
from tests.whole.at_once import AtOnce
from tests.whole.calcom import CalCom
from tests.whole.callers import Callers
from tests.whole.counter import Counter
from tests.whole.invariants import broken_now
from tests.whole.journal import TALLY
from tests.whole.resting import broken_at_rest, come_to_rest, restless
from tests.whole.stage import staged
from tests.whole.steps import either, places
from tests.whole.steps_troubles import TroubleSteps
from tests.whole.systems import Systems
from tests.whole.workers import Worker


class WholeMachine(TroubleSteps):
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
