from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.salons import NOW


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """It is Sunday evening, and time goes on."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def calendar(db: None, time: time_machine.Traveller, settings: Any) -> Iterator[CalendarSalon]:
    with calendar_salon(settings) as salon:
        yield salon
