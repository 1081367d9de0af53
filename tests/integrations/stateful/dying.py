"""What happens at a drawn point of a piece of work: its process dies, or somebody else acts meanwhile.

A process that dies runs no ``finally``: from then on it writes nothing, its transaction is rolled back,
and its claims and leases stay until they run out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import connection

from integrations.calcom.line import Line

BEFORE, AFTER, STATEMENT = "before", "after", "statement"


class Killed(BaseException):
    """No ``except Exception`` stops a signal."""


@dataclass
class Strike:
    """``act`` at the ``count``-th (from 1) request before or after it is sent, or statement to the
    database.
    """

    where: str
    count: int
    act: Callable[[], None]


class Fate:
    """What is arranged for the next piece of work."""

    def __init__(self) -> None:
        self._strikes: list[Strike] = []
        self._is_dead = False
        self._watches = False

    def kill(self, where: str, count: int) -> None:
        self._strikes.append(Strike(where, count, self._die))

    def meanwhile(self, where: str, count: int, act: Callable[[], None]) -> None:
        """``act`` as somebody else. Between requests no transaction is open, so it is as if another
        process did it.
        """
        self._strikes.append(Strike(where, count, act))

    def spare(self) -> None:
        self._strikes.clear()

    @contextmanager
    def work(self) -> Iterator[None]:
        """A process of its own, which may die; what was arranged is for this one only."""
        self._watches = True
        try:
            with connection.execute_wrapper(self._statement), _sending_through(self):
                yield
        except Killed:
            connection.close()
        finally:
            self._strikes.clear()
            self._is_dead = self._watches = False

    @contextmanager
    def out_of_it(self) -> Iterator[None]:
        """For what the test itself does inside."""
        watched, self._watches = self._watches, False
        try:
            yield
        finally:
            self._watches = watched

    def _statement(self, execute: Callable[..., Any], *args: Any) -> Any:
        if self._is_dead:
            raise Killed
        self.reached(STATEMENT)
        return execute(*args)

    def reached(self, where: str) -> None:
        if not self._watches:
            return
        for strike in [one for one in self._strikes if one.where == where]:
            strike.count -= 1
            if strike.count == 0:
                self._strikes.remove(strike)
                self._befall(strike)

    def _befall(self, strike: Strike) -> None:
        with self.out_of_it():
            strike.act()

    def _die(self) -> None:
        self._is_dead = True
        raise Killed


@contextmanager
def _sending_through(fate: Fate) -> Iterator[None]:
    run = Line.run

    def fated(line: Line, *operations: Any, **facts: Any) -> Any:
        fate.reached(BEFORE)
        answers = run(line, *operations, **facts)
        fate.reached(AFTER)
        return answers

    with mock.patch.object(Line, "run", fated):
        yield
