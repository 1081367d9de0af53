"""``python -m tools.migrations``: does the release before this one work while and after this one migrates?

The rules and what to do instead stand in ``docs/operations.md``. What a migration does all the same says why,
by rule: ``accepted = {"drop": "no release has read it since …"}`` in its class. Exit status 1 if anything is
found.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import django
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = ("appointments", "calls", "integrations")
# The last of each app that came before the rules.
BASELINE = {"appointments": 32, "calls": 12, "integrations": 7}
# Rows that people make one by one. All other tables may be large, new ones too.
SMALL = {
    ("appointments", name)
    for name in (
        *("company", "branch", "branchphonenumber", "openinghours", "staff", "workinghours", "service"),
        *("servicephase", "policy", "feetier", "membership", "apitoken", "calendarfeed", "alarmrule"),
    )
} | {
    *(("calls", "voiceagent"), ("calls", "deployment"), ("calls", "callwatermark")),
    *(("integrations", "calendarconnection"), ("integrations", "calendarhost")),
    *(("integrations", "calendareventtype"), ("integrations", "alarmchannel")),
    *(("integrations", "messaging"), ("integrations", "messagetemplate"), ("integrations", "smsgateway")),
}
LENGTH = re.compile(r"varchar\((\d+)\)")
CONCURRENT = ("AddIndexConcurrently", "RemoveIndexConcurrently")
SQL = (
    (r"\bcreate\s+(unique\s+)?index\s+(?!concurrently)", "index", "CREATE INDEX CONCURRENTLY"),
    (r"\bdrop\s+index\s+(?!concurrently)", "index", "DROP INDEX CONCURRENTLY"),
    (r"\badd\s+constraint\b(?!.*\b(not\s+valid|using\s+index)\b)", "constraint", "NOT VALID, then VALIDATE"),
    (r"\bdrop\s+(column|table)\b", "drop", "drop it a release later"),
    (r"\brename\s+(column|to)\b", "drop", "a new one beside it"),
    (r"\bset\s+not\s+null\b", "not_null", "a CHECK (… IS NOT NULL) NOT VALID, then VALIDATE"),
    (r"\balter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\b", "rewrite", "a new column beside it"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    migration: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule}: {self.text}"


def problems_of(migration: Migration, before: ProjectState) -> Iterator[Problem]:
    """What is found and not accepted; and what is accepted and not there."""
    accepted: dict[str, str] = getattr(migration, "accepted", {})
    found = list(_Reader(migration, before).read())
    name = f"{migration.app_label}.{migration.name}"
    for rule, text in dict.fromkeys(found):
        if not accepted.get(rule):
            yield Problem(name, rule, text)
    for rule in sorted(accepted.keys() - {rule for rule, _text in found}):
        yield Problem(name, rule, "is accepted, but nothing of the kind is done")


class _Reader:
    """Walks through the operations; ``new``: the models that are made in this migration."""

    def __init__(self, migration: Migration, before: ProjectState) -> None:
        self.migration = migration
        self.app = migration.app_label
        self.state = before.clone()
        self.new: set[str] = set()

    def read(self) -> Iterator[tuple[str, str]]:
        for operation in self.migration.operations:
            yield from self._look_at(operation)
            operation.state_forwards(self.app, self.state)

    def _look_at(self, operation: Any) -> Iterator[tuple[str, str]]:
        if isinstance(operation, ops.SeparateDatabaseAndState):
            for each in operation.database_operations:
                yield from self._look_at(each)
            return
        for kind, look in self.looks:
            if isinstance(operation, kind):
                yield from look(self, operation)
                return

    def _create(self, operation: Any) -> Iterator[tuple[str, str]]:
        self.new.add(operation.name_lower)
        yield from ()

    def _may_be_large(self, model: str) -> bool:
        return model not in self.new and (self.app, model) not in SMALL

    def _index(self, operation: Any) -> Iterator[tuple[str, str]]:
        concurrent = type(operation).__name__ in CONCURRENT
        if not concurrent and self._may_be_large(operation.model_name_lower):
            yield (
                "index",
                f"{operation.model_name}: nobody can write meanwhile. {type(operation).__name__}Concurrently",
            )

    def _constraint(self, operation: Any) -> Iterator[tuple[str, str]]:
        if type(operation).__name__ == "AddConstraintNotValid":
            return
        if self._may_be_large(operation.model_name_lower):
            name = operation.constraint.name
            yield (
                "constraint",
                f"{name}: nobody can write while all rows are looked at. NOT VALID, then VALIDATE",
            )

    def _add_field(self, operation: Any) -> Iterator[tuple[str, str]]:
        field, model = operation.field, operation.model_name_lower
        if model in self.new or field.many_to_many:
            return
        label = f"{operation.model_name}.{operation.name}"
        generated = isinstance(field, models.GeneratedField)
        if not field.null and not generated and field.db_default is models.NOT_PROVIDED:
            yield (
                "not_null",
                f"{label}: the release before cannot insert a row any more. null=True, or db_default",
            )
        if self._may_be_large(model):
            if generated:
                yield (
                    "rewrite",
                    f"{label}: the whole table is written anew. An ordinary column, filled in batches",
                )
            if field.db_index or field.unique:
                yield (
                    "index",
                    f"{label}: its index locks the table. db_index=False, then AddIndexConcurrently",
                )

    def _alter_field(self, operation: Any) -> Iterator[tuple[str, str]]:
        model = operation.model_name_lower
        if model in self.new:
            return
        old = self.state.models[self.app, model].fields[operation.name]
        new, label = operation.field, f"{operation.model_name}.{operation.name}"
        if old.null and not new.null:
            yield (
                "not_null",
                f"{label}: the release before may write nothing there. A release later, by a check first",
            )
        if not self._may_be_large(model):
            return
        if not _same_target(old, new) and _rewrites(old.db_type(connection), new.db_type(connection)):
            yield (
                "rewrite",
                f"{label}: the whole table is written anew. A new column beside it, filled in batches",
            )
        if (new.db_index and not old.db_index) or (new.unique and not old.unique):
            yield "index", f"{label}: its index locks the table. AddIndexConcurrently"

    def _drop(self, operation: Any) -> Iterator[tuple[str, str]]:
        yield (
            "drop",
            f"{operation.describe()}: the release before still asks for it. Drop it a release later",
        )

    def _python(self, operation: Any) -> Iterator[tuple[str, str]]:
        if operation.reverse_code is None:
            yield "reverse", "RunPython cannot be taken back. reverse_code, be it RunPython.noop"
        if operation.atomic is not False and self.migration.atomic:
            yield (
                "batches",
                "RunPython keeps the locks of all its rows until its end. atomic = False, in batches",
            )

    def _sql(self, operation: Any) -> Iterator[tuple[str, str]]:
        if operation.reverse_sql is None:
            yield "reverse", "RunSQL cannot be taken back. reverse_sql, be it RunSQL.noop"
        for statement in _statements(operation.sql):
            for pattern, rule, instead in SQL:
                if re.search(pattern, statement, re.IGNORECASE | re.DOTALL):
                    yield rule, f"RunSQL: {instead}"

    looks: ClassVar[Any] = (
        (ops.CreateModel, _create),
        ((ops.AddIndex, ops.RemoveIndex), _index),
        (ops.AddConstraint, _constraint),
        (ops.AddField, _add_field),
        (ops.AlterField, _alter_field),
        ((ops.RemoveField, ops.RenameField, ops.DeleteModel, ops.RenameModel, ops.AlterModelTable), _drop),
        (ops.RunPython, _python),
        (ops.RunSQL, _sql),
    )


def _same_target(old: Any, new: Any) -> bool:
    """References to the same model: their type is that of its key, which a state cannot tell."""
    models = [str(getattr(field.remote_field, "model", "")).lower() for field in (old, new)]
    return models[0] == models[1] != ""


def _rewrites(old: str | None, new: str | None) -> bool:
    """A longer varchar, or one without an end, is a matter of the catalogue alone."""
    if old == new or new is None:
        return False
    before, after = LENGTH.fullmatch(old or ""), LENGTH.fullmatch(new)
    if before and after:
        return int(after[1]) < int(before[1])
    return not (before and new in {"text", "varchar"})


def _statements(sql: Any) -> Iterator[str]:
    parts = sql if isinstance(sql, (list, tuple)) else [sql]
    for part in parts:
        text = part[0] if isinstance(part, (list, tuple)) else part
        yield from (each for each in text.split(";") if each.strip())


def problems() -> list[Problem]:
    """Of all migrations since :data:`BASELINE`; asks no database."""
    loader = MigrationLoader(None)
    found: list[Problem] = []
    for key in sorted(loader.disk_migrations):
        app, name = key
        if app in OURS and int(name.split("_")[0]) > BASELINE[app]:
            before = loader.project_state(key, at_end=False)
            found += problems_of(loader.disk_migrations[key], before)
    return found


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = problems()
    for each in found:
        print(each)
    if not found:
        print("Every migration leaves the release before this one working.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
