"""``python -m config.awaiting``: returns once the database answers; says what it waits for.

A service that needs another one which failed is not started again by systemd: a database that comes up later
than the machine would leave the phone dead. Asks where the settings say, without loading them.
"""

import os
import sys
import time
from typing import Any

import environ
import psycopg

PAUSE_SECONDS = 2
CONNECT_SECONDS = 5


def main() -> None:
    """Without ``DATABASE_URL`` there is nobody to wait for."""
    url, told = os.environ.get("DATABASE_URL", "").strip(), ""
    while url and (reason := away(url)):
        if reason != told:
            sys.stderr.write(f"The database does not answer yet: {reason}\n")
        told = reason
        time.sleep(PAUSE_SECONDS)


def away(url: str) -> str:
    """Why nobody answers there. Empty also for what waiting does not mend: ``migrate`` says it better."""
    try:
        psycopg.connect(**_place(url), connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        # A server that refuses is there, unless it says that it starts, stops or recovers.
        return "" if "FATAL" in reason and "the database system is" not in reason else reason
    except psycopg.Error:
        return ""
    return ""


def _place(url: str) -> dict[str, Any]:
    """The address as ``config.settings`` reads it: libpq understands a socket's folder otherwise."""
    told = environ.Env.db_url_config(url)
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {ours: told[theirs] for ours, theirs in names.items() if told.get(theirs)}


if __name__ == "__main__":
    main()
