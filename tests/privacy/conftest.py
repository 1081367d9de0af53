from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments import booking
from appointments.models import Customer
from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.privacy.life import DOUBLE, MAIL, NAME, NUMBER, SECOND, live
from tests.salons import NOW


@pytest.fixture
def place(db: None, settings: Any, tmp_path: Path) -> Iterator[CalendarSalon]:
    settings.MEDIA_ROOT, settings.ERASURES_FILE = tmp_path / "uploads", tmp_path / "erased.jsonl"
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


@pytest.fixture
def customer(place: CalendarSalon) -> Customer:
    return live(place)


@pytest.fixture
def united(place: CalendarSalon) -> Customer:
    """Of two records, with a coming appointment and no more of a past."""
    company, now = place.salon.company, timezone.now()
    kept, double = (
        booking.add_customer(company, {"name": name, "phone": phone, "email": MAIL}, now=now)
        for name, phone in ((NAME, NUMBER), (DOUBLE, SECOND))
    )
    customer = booking.unite(kept, double, now=now)
    place.cut("12:00", customer=customer)
    return customer
