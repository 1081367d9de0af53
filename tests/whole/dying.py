"""What happens at a drawn point of a piece of work: its process dies, its database fails, or somebody else
acts meanwhile.

A process that dies runs no ``finally``: from then on it writes nothing, its transaction is rolled back,
and its claims and leases stay until they run out. A database that fails does so by the server's own hand:
the connection's process is ended, or the statement raises the real error in the real transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

from django.db import DatabaseError, connection

from integrations.calcom.line import Line
from tests.calls.race.servers import connect
from tests.whole.journal import TALLY

BEFORE, AFTER, STATEMENT = "before", "after", "statement"
DROPPED, DEADLOCK, SERIALIZATION = "connection dropped", "deadlock", "serialization failure"
SQLSTATES = {DEADLOCK: "40P01", SERIALIZATION: "40001"}
RAISE = "DO $$ BEGIN RAISE EXCEPTION 'as it happens' USING ERRCODE = '{}'; END $$"


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
    kind: str


class Fate:
    """What is arranged for the next piece of work. Of the last one: whether its database failed (``hurt``), and
    whether somebody acted meanwhile (``overtaken``).
    """

    def __init__(self) -> None:
        self._strikes: list[Strike] = []
        self._is_dead = False
        self._watches = False
        self._raises = ""
        self.hurt = self.overtaken = False

    def kill(self, where: str, count: int) -> None:
        self._strikes.append(Strike(where, count, self._die, f"process died {where}"))

    def fail_database(self, kind: str, count: int) -> None:
        act = self._drop if kind == DROPPED else partial(self._raise_next, SQLSTATES[kind])
        self._strikes.append(Strike(STATEMENT, count, act, kind))

    def meanwhile(self, where: str, count: int, act: Callable[[], None]) -> None:
        """``act`` as somebody else. Between requests no transaction is open, so it is as if another
        process did it.
        """

        def overtake() -> None:
            self.overtaken = True
            act()

        self._strikes.append(Strike(where, count, overtake, "somebody else meanwhile"))

    def spare(self) -> None:
        self._strikes.clear()

    @contextmanager
    def work(self) -> Iterator[None]:
        """A process of its own, which may die; what was arranged is for this one only."""
        self._watches = True
        self.hurt = self.overtaken = False
        try:
            with connection.execute_wrapper(self._statement), _sending_through(self):
                yield
        except Killed:
            connection.close()
        except DatabaseError:
            if not self.hurt:
                raise
        finally:
            self._strikes.clear()
            self._is_dead = self._watches = False
            if self.hurt:
                connection.close()  # as Django does before the next request

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
        if self._raises:
            code, self._raises = self._raises, ""
            _sql, _params, _many, context = args
            return execute(RAISE.format(code), None, False, context)
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
        TALLY.faults[strike.kind] += 1
        with self.out_of_it():
            strike.act()

    def _die(self) -> None:
        self._is_dead = True
        raise Killed

    def _drop(self) -> None:
        """The server ends our connection's process, as an administrator or a restart does."""
        if connection.connection is None or connection.connection.closed:
            return
        self.hurt = True
        pid = connection.connection.info.backend_pid
        with connect(connection.settings_dict["NAME"]) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def _raise_next(self, code: str) -> None:
        self.hurt = True
        self._raises = code


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
