"""A randomised run of everything that can happen to a calendar (issue 4)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from tests.integrations.sandbox_fixtures import Receiver, receiving
from tests.integrations.stateful.machine import CalendarMachine

SEQUENCES = int(os.environ.get("CALENDAR_SEQUENCES", "100"))
STEPS = int(os.environ.get("CALENDAR_STEPS", "20"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.mark.django_db(transaction=True)
def test_afterwards_database_and_calendar_agree(settings: Any, receiver: Receiver) -> None:
    """Nothing promised was moved or deleted, no orphan stands there, nothing is pending for ever."""
    settings.CALCOM_WEBHOOK_SECRET = "whsec_of_a_salon"
    settings.CALENDAR_CALL_BUDGET_MS = 10_000
    run_state_machine_as_test(
        lambda: CalendarMachine(settings, receiver),
        settings=hypothesis_settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize="CALENDAR_SEQUENCES" not in os.environ,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate] if os.environ.get("CALENDAR_NO_SHRINK") else [Phase.generate, Phase.shrink],
            print_blob=True,
        ),
    )
