"""A randomised run of everything that can happen to a calendar (issue 4).

``CALENDAR_SEQUENCES=1000 pytest tests/integrations/stateful`` for more of them, other ones each time;
``--hypothesis-seed`` repeats a run.
"""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase
from hypothesis import settings as how
from hypothesis.stateful import run_state_machine_as_test

from tests.integrations.stateful.machine import CalendarMachine

ON_DEMAND = "CALENDAR_SEQUENCES" in os.environ
SEQUENCES = int(os.environ.get("CALENDAR_SEQUENCES", "40"))
STEPS = 20


def test_afterwards_database_and_calendar_agree(machine: Callable[[], CalendarMachine]) -> None:
    """Nothing promised was moved or deleted, no orphan stands there, nothing is pending for ever."""
    run_state_machine_as_test(
        machine,
        settings=how(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not ON_DEMAND,
            suppress_health_check=list(HealthCheck),
            # A thousand sequences later a person wants to see it at once; shrinking takes minutes.
            phases=[Phase.generate] if ON_DEMAND else [Phase.generate, Phase.shrink],
            print_blob=True,
        ),
    )
