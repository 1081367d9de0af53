"""The whole, as it is used and as it breaks: what must hold holds after each step, and everything at rest.

Always the same sequences. ``make soak MINUTES=10`` plays others each time (``docs/proof.md``).
"""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase
from hypothesis import settings as how
from hypothesis.stateful import run_state_machine_as_test

from tests.whole.machine import WholeMachine

SEQUENCES = int(os.environ.get("WHOLE_SEQUENCES", "8"))
STEPS = 40


def test_whatever_happens_in_whatever_order(machine: Callable[[], WholeMachine]) -> None:
    """Nobody is in two places, nothing promised is lost, nobody is lied to, nothing waits for ever."""
    run_state_machine_as_test(
        machine,
        settings=how(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
            print_blob=True,
        ),
    )
