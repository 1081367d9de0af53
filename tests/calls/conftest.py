from collections.abc import Iterator

import pytest
import time_machine

from appointments.models import Customer
from tests.calls.phone import CALLER, Phone
from tests.salons import NOW, Salon, make_salon


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is Sunday, 23 November 2025, 18:00 in Berlin, until a test moves the clock."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def salon(db: None, clock: time_machine.Traveller) -> Salon:
    return make_salon()


@pytest.fixture
def phone(salon: Salon) -> Phone:
    """A call to the salon, from a number nobody knows there."""
    return Phone(salon.number)


@pytest.fixture
def jana(salon: Salon) -> Customer:
    """A customer of the salon: whoever calls from the number that ``phone`` calls from."""
    return Customer.objects.create(company=salon.company, name="Jana Probst", phone=CALLER)
