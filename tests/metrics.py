"""What this process has counted, for tests that ask how much something has added."""

from collections.abc import Iterator
from contextlib import contextmanager

from integrations.metrics import registry


def counted(name: str, **labels: str) -> float:
    """The sample of this name and these labels; 0 before the first."""
    return registry.get_sample_value(name, labels) or 0.0


@contextmanager
def adding(name: str, amount: float, **labels: str) -> Iterator[None]:
    before = counted(name, **labels)
    yield
    assert counted(name, **labels) - before == amount
