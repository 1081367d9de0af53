"""Services wait for a database that comes up after them."""

from typing import Any

import psycopg
import pytest

from config import awaiting

URL = "postgres://terminfest:secret@127.0.0.1:1/terminfest"
REFUSED = 'connection to server at "127.0.0.1", port 1 failed: Connection refused'
STARTING = 'connection to server at "127.0.0.1", port 1 failed: FATAL:  the database system is starting up'
WRONG = 'connection to server at "127.0.0.1", port 1 failed: FATAL:  password authentication failed'


class Connection:
    def close(self) -> None:
        """Nothing was opened."""


def test_it_waits_and_says_once_for_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([REFUSED, REFUSED, STARTING, ""])
    slept: list[float] = []

    def connect(**_options: Any) -> Connection:
        if reason := next(answers):
            raise psycopg.OperationalError(f"{reason}\nIs the server running?")
        return Connection()

    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setattr(psycopg, "connect", connect)
    monkeypatch.setattr(awaiting.time, "sleep", slept.append)
    awaiting.main()

    assert len(slept) == 3
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"The database does not answer yet: {each}" for each in (REFUSED, STARTING)]


@pytest.mark.parametrize("error", [psycopg.OperationalError(WRONG), psycopg.ProgrammingError("no address")])
def test_what_waiting_does_not_mend_is_left_to_migrate(
    monkeypatch: pytest.MonkeyPatch, error: psycopg.Error
) -> None:
    def connect(**_options: Any) -> Connection:
        raise error

    monkeypatch.setattr(psycopg, "connect", connect)
    assert awaiting.away(URL) == ""


def test_nobody_listens_there() -> None:
    assert "refused" in awaiting.away(URL)


def test_it_asks_where_the_settings_say() -> None:
    """A folder with a socket: libpq would take it for a part of the database's name, and ask elsewhere."""
    assert '"/nowhere/.s.PGSQL.5432" failed' in awaiting.away("postgres://terminfest@//nowhere/terminfest")


def test_without_an_address_there_is_nobody_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    awaiting.main()
