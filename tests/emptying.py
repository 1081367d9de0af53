"""What a test has really stored is gone after it: as Django's ``flush``, in a tenth of its time.

``flush`` truncates every table and makes all content types and permissions anew, for each of the hundreds of
tests with threads or a browser. Here only tables that hold anything are emptied, and what the migrations had
put there is put back.
"""

from typing import Any

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier, Literal

KEPT = "kept_for_tests"
TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = %s AND table_type = 'BASE TABLE' AND table_name <> 'django_migrations'
"""


def keep() -> None:
    """What is there now is there after every test. Once, before the first."""
    with connection.cursor() as cursor:
        cursor.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(KEPT)))
        cursor.execute(SQL("CREATE SCHEMA {}").format(Identifier(KEPT)))
        for table in _holding(cursor, "public"):
            copied = SQL("CREATE TABLE {}.{} AS TABLE public.{}")
            cursor.execute(copied.format(Identifier(KEPT), Identifier(table), Identifier(table)))


def empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither the ledger's triggers nor foreign keys have a say in which order this is done.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _holding(cursor, "public"):
            cursor.execute(SQL("DELETE FROM public.{}").format(Identifier(table)))
        for table in _holding(cursor, KEPT):
            back = SQL("INSERT INTO public.{} SELECT * FROM {}.{}")
            cursor.execute(back.format(Identifier(table), Identifier(KEPT), Identifier(table)))


def _holding(cursor: Any, schema: str) -> list[str]:
    cursor.execute(TABLES, [schema])
    tables = [table for (table,) in cursor.fetchall()]
    each = SQL("SELECT {} WHERE EXISTS (SELECT FROM {}.{})")
    asked = [each.format(Literal(table), Identifier(schema), Identifier(table)) for table in tables]
    cursor.execute(SQL(" UNION ALL ").join(asked))
    return [table for (table,) in cursor.fetchall()]
