from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.integrations.calendar import map_salon
from tests.integrations.incoming.letters import SECRET
from tests.salons import NOW, Salon, make_salon


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """It is Sunday, 23 November 2025, 18:00 in Berlin, until a test moves the clock."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def secret(settings: Any) -> str:
    settings.CALCOM_WEBHOOK_SECRET = SECRET
    return SECRET


@pytest.fixture
def salon(db: None, time: time_machine.Traveller, secret: str) -> Salon:
    """Emma is host 101, Jonas 102; nothing of Cal.com runs, letters come from it all the same."""
    salon = make_salon(calendar="mirror")
    map_salon(salon)
    return salon


@pytest.fixture
def committed(transactional_db: None, time: time_machine.Traveller, secret: str) -> Salon:
    """The same in a database in which transactions really end."""
    salon = make_salon(calendar="mirror")
    map_salon(salon)
    return salon
