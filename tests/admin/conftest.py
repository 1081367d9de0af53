"""Somebody at the counter, logged in, on the Sunday before the day of incident 1."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from appointments.models import Customer
from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.salons import NOW, Salon, make_salon


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def salon(db: None, clock: time_machine.Traveller) -> Salon:
    return make_salon()


@pytest.fixture
def jana(salon: Salon) -> Customer:
    return Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930900101")


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("desk", password="desk"))
    return client


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    """The same evening with Cal.com's sandbox, and time goes on."""
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon
