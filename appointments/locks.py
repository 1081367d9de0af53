"""One at a time, across all processes."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """A lock of the database session: duplicates that arrive at once wait for the first answer.

    Not bound to a transaction, because a function may commit in between; it ends with the connection
    if the process dies. Waits as long as ``lock_timeout`` allows, then ``OperationalError``.
    """
    key = _key(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        _unlock(key)


@contextmanager
def alone(name: str, *, waits: bool) -> Iterator[bool]:
    """The same lock for work of minutes: whether it is ours. ``waits`` for however long others have it."""
    key = _key(name)
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
            cursor.execute("RESET lock_timeout; RESET statement_timeout")
            is_ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
            (is_ours,) = cursor.fetchone() or (False,)
    try:
        yield is_ours
    finally:
        if is_ours:
            _unlock(key)


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _unlock(key: int) -> None:
    """Nothing to do if the connection is gone: the lock went with it."""
    if connection.connection is not None and not connection.connection.closed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
