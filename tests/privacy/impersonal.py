"""Where no customer can stand: whole tables, and columns of tables in which others may."""

TABLES: frozenset[str] = frozenset()
IMPERSONAL: dict[str, tuple[str, ...]] = {}
