from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.calls.flow.platform import Retell, serving, set_up
from tests.salons import Salon, make_salon


@pytest.fixture
def retell(settings: Settings) -> Iterator[Retell]:
    with serving(settings) as api:
        yield api


@pytest.fixture
def deployable(db: None, retell: Retell) -> Salon:
    """Its agent and its number are at Retell, as somebody has once set them up there."""
    salon = make_salon()
    set_up(retell, salon)
    return salon
