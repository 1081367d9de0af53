"""The embedded PostgreSQL as a server that others reach by ``DATABASE_URL``, and that can be ended."""

import os
import signal
import time
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded import DATABASE_NAME, binaries, server


class Postgres:
    """Held by this process alone, so that nobody else starts it again when it is gone."""

    def __init__(self, data: Path, options: dict[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.options = options or {}
        self.socket_dir = server.ensure_running(self.data, self.options)

    @property
    def url(self) -> str:
        return f"postgres://{server.SUPERUSER}@/{self.socket_dir}/{DATABASE_NAME}"

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def renew(self) -> None:
        """An empty database in place of what was there."""
        name = sql.Identifier(DATABASE_NAME)
        with self._connection("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))

    def restart(self, mode: str) -> None:
        """``fast`` ends sessions and writes down what is in memory; ``immediate`` is a crash."""
        binaries.run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))
        server.ensure_running(self.data, self.options)

    def kill(self) -> None:
        """The postmaster, with the signal that nobody can catch; then it is started again."""
        os.kill(self.pid, signal.SIGKILL)
        # Dying it still accepts, and would be taken for one that runs.
        while server.running_socket_dir(self.data) is not None:
            time.sleep(0.05)
        server.ensure_running(self.data, self.options)

    def backends(self) -> list[int]:
        """Process ids of the sessions of the application."""
        with self._connection("postgres") as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [DATABASE_NAME],
            )
            return sorted(pid for (pid,) in rows)

    def drop_connections(self, pids: list[int]) -> None:
        with self._connection("postgres") as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [pids])

    def _connection(self, name: str) -> psycopg.Connection[tuple[int]]:
        return psycopg.connect(
            host=str(self.socket_dir),
            port=server.PORT,
            user=server.SUPERUSER,
            dbname=name,
            autocommit=True,
        )
