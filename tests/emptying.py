"""What a test has really stored is gone after it: as Django's ``flush``, in a tenth of its time.

``flush`` truncates every table and makes all content types and permissions anew, for each of the hundreds of
tests with threads or a browser. Here only tables that hold anything are emptied, and what the migrations had
put there is put back.
"""

from typing import Any

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier, Literal

TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'django_migrations'
"""
BACK = "INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, %s::json)"
# JSON of all rows, by table.
_kept: dict[str, str] = {}


def keep() -> None:
    """What is there now is there after every test. Once, before the first."""
    with connection.cursor() as cursor:
        for table in _holding(cursor):
            cursor.execute(SQL("SELECT json_agg(each)::text FROM {} AS each").format(Identifier(table)))
            (_kept[table],) = cursor.fetchone()


def empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither the ledger's triggers nor foreign keys have a say in which order this is done.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _holding(cursor):
            cursor.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        for table, rows in _kept.items():
            cursor.execute(SQL(BACK).format(Identifier(table), Identifier(table)), [rows])


def _holding(cursor: Any) -> list[str]:
    cursor.execute(TABLES)
    each = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    asked = [each.format(Literal(table), Identifier(table)) for (table,) in cursor.fetchall()]
    cursor.execute(SQL(" UNION ALL ").join(asked))
    return [table for (table,) in cursor.fetchall()]
