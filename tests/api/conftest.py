"""Two salons and, for each, a system that holds its key. The clock stands at ``salons.NOW``."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from appointments.models import ApiToken
from tests.api.client import Api
from tests.salons import NOW, Salon, make_salon


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def other(db: None) -> Salon:
    """Another company: nothing of it may show."""
    return make_salon("abendstern")


@pytest.fixture
def key(salon: Salon) -> str:
    return ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)[1]


@pytest.fixture
def api(key: str) -> Api:
    return Api(key)
