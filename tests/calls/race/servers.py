"""Databases and web servers for a race."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import requests
from django.conf import settings
from django.db import connection, connections
from psycopg import sql
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

WORKERS = 3
THREADS = 8
START_SECONDS = 20
STOP_SECONDS = 10


def connect(database: str) -> psycopg.Connection[Any]:
    """To the server of the tests, past Django: who judges must not believe the judged."""
    connection.get_connection_params()  # starts the embedded server and says where it is
    where = connection.settings_dict
    return psycopg.connect(
        host=where["HOST"] or None,
        port=where["PORT"] or None,
        user=where["USER"] or None,
        password=where["PASSWORD"] or None,
        dbname=database,
        autocommit=True,
    )


@contextmanager
def copy_of(template: str, name: str) -> Iterator[str]:
    """A database that is gone afterwards. ``template`` must not be in use by anybody else."""
    identifier = sql.Identifier(name)
    connections.close_all()
    with connect("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(template)))
    try:
        yield name
    finally:
        with connect("postgres") as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def environment(database_name: str) -> dict[str, str]:
    settings_of_race = {
        "DJANGO_SETTINGS_MODULE": "tests.calls.race.settings",
        "RACE_DATABASE": database_name,
        "LOG_LEVEL": "WARNING",
    }
    return {**os.environ, **settings_of_race}


def manage(database_name: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment(database_name),
        check=True,
        capture_output=True,
        timeout=60,
    )


@contextmanager
def serving(application: str, database_name: str, log: Path) -> Iterator[str]:
    """The address of a server of several processes, each with several threads. ``log``: what it says."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread"]
    command += ["--log-level", "warning"]
    with (
        log.open("w") as output,
        subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment(database_name),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_for(url)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    tries = Retry(total=START_SECONDS * 5, backoff_factor=0.2, backoff_max=0.2, raise_on_status=False)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=tries))
        session.get(f"{url}/healthz", timeout=START_SECONDS).raise_for_status()
