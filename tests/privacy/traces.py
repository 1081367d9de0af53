"""Where in the whole database something of a person stands: read column by column, as a dump would show it."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django_q.models import OrmQ, Task

# Whatever a text can be stored in.
TYPES = ("text", "character varying", "character", "json", "jsonb", "tsvector", "bytea", "ARRAY")
# What is not stored as it reads.
PACKED = {
    ("django_session", "session_data"): lambda: [str(one.get_decoded()) for one in Session.objects.all()],
    ("django_q_ormq", "payload"): lambda: [repr(one.task) for one in OrmQ.objects.all()],
    **{
        ("django_q_task", name): lambda name=name: [repr(getattr(one, name)) for one in Task.objects.all()]
        for name in ("args", "kwargs", "result")
    },
}
Place = tuple[str, str]


def columns() -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type = ANY(%s)"
            " ORDER BY 1, 2",
            [list(TYPES)],
        )
        return cursor.fetchall()


def texts(place: Place) -> Iterator[str]:
    if place in PACKED:
        yield from PACKED[place]()
        return
    table, column = (connection.ops.quote_name(name) for name in place)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608 - quoted
        for (text,) in cursor.fetchall():
            yield text if place[0] != "django_cache" else _unpacked(text)


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", errors="replace")
    except ValueError:
        return text


def traces(*marks: str) -> set[Place]:
    """The columns in which one of the marks stands: words in any case, numbers in any spelling and direction."""
    pattern = re.compile("|".join(_patterns(marks)), re.IGNORECASE)
    return {place for place in columns() if any(pattern.search(text) for text in texts(place))}


def _patterns(marks: Any) -> Iterator[str]:
    for mark in marks:
        digits = re.sub(r"\D", "", mark)
        if len(digits) < 7:
            yield re.escape(mark)
            continue
        # From the subscriber's first digit on, whatever stands before and between.
        own = digits[2:]
        for each in (own, own[::-1]):
            yield r"[\s()/.\-–]*".join(each)
