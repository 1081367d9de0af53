from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from appointments.models import Customer
from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.privacy.life import live
from tests.salons import NOW


@pytest.fixture
def place(db: None, settings: Any, tmp_path: Path) -> Iterator[CalendarSalon]:
    settings.MEDIA_ROOT, settings.ERASURES_FILE = tmp_path / "uploads", tmp_path / "erased.jsonl"
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


@pytest.fixture
def customer(place: CalendarSalon) -> Customer:
    return live(place)
