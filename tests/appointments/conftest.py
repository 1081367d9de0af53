import pytest

from tests.salons import Salon, make_salon


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()
