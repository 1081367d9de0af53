import pytest

from tests.salons import Salon, make_salon


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def committed(transactional_db: None) -> Salon:
    """A salon in a database in which transactions really end."""
    return make_salon()
