"""What a line of the log is about: ids, never a person.

Whoever takes something up says so once with :func:`about`; every line that is logged within carries it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Facts = Mapping[str, str | int]
_facts: ContextVar[Facts] = ContextVar("facts", default={})  # noqa: B039 - nobody can change it


@contextmanager
def about(**facts: str | int) -> Iterator[None]:
    """``request``, ``call``, ``appointment``, ``task``: within what was said before."""
    token = _facts.set({**_facts.get(), **facts})
    try:
        yield
    finally:
        _facts.reset(token)


def begin(**facts: str | int) -> None:
    """For whoever has no end to wait for: from now on it is about this, and nothing else."""
    _facts.set(facts)


def current() -> Facts:
    return _facts.get()
