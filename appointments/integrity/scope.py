"""What a run looks at, and how checks read it: by set, streaming."""

from collections import namedtuple
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from appointments.models import Company

CHUNK = 2000
SETTINGS = {
    "statement_timeout": "10min",
    "work_mem": "64MB",
    "hash_mem_multiplier": "1",
    # A cursor is planned for its first rows, which costs index scans of whole tables; here all are read.
    "cursor_tuple_fraction": "1",
    # Nobody waits for a report, but callers may wait for the cores that it takes.
    "max_parallel_workers_per_gather": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """``company``: one, or None for all at once. ``asks_outside``: whether other systems may be asked.

    ``memo`` keeps what several checks of one run need and is dear to find out.
    """

    now: datetime
    company: Company | None = None
    asks_outside: bool = True
    memo: dict[str, Any] = field(default_factory=dict)

    def rows(self, sql: str, **params: Any) -> Iterator[Any]:
        """The rows of ``sql`` as named tuples, read from the server piece by piece.

        ``%(company)s`` is the company's id or NULL, ``%(now)s`` the run's instant.
        """
        facts = {"company": self.company.pk if self.company else None, "now": self.now, **params}
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, facts)
            row: Any = None
            while chunk := cursor.fetchmany(CHUNK):
                row = row or namedtuple("Row", [column.name for column in cursor.description])  # noqa: PYI024
                yield from map(row._make, chunk)

    def companies(self) -> Iterator[Company]:
        """The one, or all, for checks that cannot be said in one statement."""
        if self.company is not None:
            yield self.company
        else:
            yield from Company.objects.order_by("pk").iterator()


def patience() -> AbstractContextManager[None]:
    """Statements may take the time that a check needs, not that of somebody who waits, and sort in memory."""
    return configured(SETTINGS)


@contextmanager
def configured(settings: Mapping[str, str]) -> Iterator[None]:
    """The server's ``settings`` for this session, put back afterwards."""
    before = _configure(settings)
    try:
        yield
    except BaseException:
        if not connection.in_atomic_block:  # else the rollback puts them back
            _configure(before)
        raise
    _configure(before)


def _configure(settings: Mapping[str, str]) -> dict[str, str]:
    """Gives what was set before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) name", [list(settings)])
        before = dict(cursor.fetchall())
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
    return before
