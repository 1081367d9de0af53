from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.integrations.sandbox_fixtures import receiving
from tests.whole.machine import WholeMachine
from tests.whole.stage import SECRET


@pytest.fixture
def machine(transactional_db: None, settings: Any) -> Iterator[Callable[[], WholeMachine]]:
    """Makes one for each sequence, in a database in which transactions really end."""
    settings.CALCOM_WEBHOOK_SECRET = SECRET
    # What is too slow for a call has its own tests; here a busy machine must not decide.
    settings.CALENDAR_CALL_BUDGET_MS = 10_000
    with receiving() as receiver:
        yield partial(WholeMachine, settings, receiver)
