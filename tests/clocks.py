"""Who reads the clock, and who asks the database for the time: found in the source, for the guards."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("appointments", "calls", "config", "integrations")
CLOCKS = {
    "timezone.now",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
# With an argument they only translate.
CLOCKS_WITHOUT_ARGUMENT = {"timezone.localtime", "timezone.localdate"}
SQL_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
    r"|\b(?:CURRENT_(?:DATE|TIME|TIMESTAMP)|LOCALTIME(?:STAMP)?)\b|'now'|\bage\s*\("
)


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """Path and tree of every module of the product."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def readings(tree: ast.Module) -> list[int]:
    """Lines that read the clock, or hand it to somebody who will."""
    bare = _imported_from_time(tree)
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS and _imports(tree, node))
        or (isinstance(node, ast.Call) and _reads(node, bare))
        or (isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"})
    )


def _imports(tree: ast.Module, clock: ast.Attribute) -> bool:
    """``time.time`` of something that is merely called time is another thing."""
    root = ast.unparse(clock.value)
    return root != "time" or any(
        isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names)
        for node in ast.walk(tree)
    )


def _reads(call: ast.Call, bare: set[str]) -> bool:
    called = ast.unparse(call.func)
    return called in bare or (called in CLOCKS_WITHOUT_ARGUMENT and not call.args and not call.keywords)


def _imported_from_time(tree: ast.Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name in {"time", "time_ns"}
    }


def asks_the_database(tree: ast.Module) -> list[int]:
    """Lines whose SQL, or whose expressions, read the server's clock."""
    spoken = {id(text) for text in _docstrings(tree)}
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in spoken
            and SQL_CLOCK.search(node.value)
        )
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "django.db.models.functions"
            and any(alias.name == "Now" for alias in node.names)
        )
    )


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr):
                yield first.value
