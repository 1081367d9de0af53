"""What the release before this one would notice of a migration is found before anybody deploys it."""

from typing import Any, ClassVar

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import F, Q

from tools.migrations import Problem, problems, problems_of

INDEX = models.Index(fields=["created_at"], name="some_index")
CHECK = models.CheckConstraint(condition=Q(revision__gte=0), name="some_check")


@pytest.fixture(scope="module")
def before() -> ProjectState:
    return MigrationLoader(None).project_state()


def found(before: ProjectState, *operations: Any, **facts: Any) -> list[Problem]:
    attributes = {"operations": list(operations), "dependencies": [], **facts}
    migration = type("Migration", (Migration,), attributes)("9999_change", "appointments")
    return list(problems_of(migration, before))


def rules(before: ProjectState, *operations: Any, **facts: Any) -> list[str]:
    return [each.rule for each in found(before, *operations, **facts)]


def test_the_migrations_that_are_there_are_noticed_by_nobody() -> None:
    assert problems() == []


def nothing(apps: Any, schema_editor: Any) -> None:
    """Changes nothing."""


BAD = [
    ("index", migrations.AddIndex("appointment", INDEX)),
    ("index", migrations.RemoveIndex("appointment", "appointment_search_words")),
    (
        "index",
        migrations.AddField("appointment", "code", models.CharField(max_length=9, null=True, unique=True)),
    ),
    (
        "index",
        migrations.AddField("appointment", "other", models.ForeignKey("Staff", models.CASCADE, null=True)),
    ),
    ("index", migrations.RunSQL("CREATE UNIQUE INDEX a ON b (c)", migrations.RunSQL.noop)),
    ("constraint", migrations.AddConstraint("appointment", CHECK)),
    ("constraint", migrations.RunSQL(["ALTER TABLE a ADD CONSTRAINT b CHECK (c)"], migrations.RunSQL.noop)),
    ("not_null", migrations.AddField("company", "note", models.TextField(default=""))),
    ("not_null", migrations.AlterField("customer", "phone", models.CharField(max_length=16))),
    ("drop", migrations.RemoveField("appointment", "notes")),
    ("drop", migrations.RenameField("company", "name", "title")),
    ("drop", migrations.RenameModel("Policy", "Rules")),
    ("drop", migrations.DeleteModel("CalendarFeed")),
    ("drop", migrations.RunSQL("ALTER TABLE a DROP COLUMN b", migrations.RunSQL.noop)),
    ("rewrite", migrations.AlterField("appointment", "revision", models.BigIntegerField())),
    ("batches", migrations.RunPython(nothing, migrations.RunPython.noop)),
]


@pytest.mark.parametrize(
    ("rule", "operation"), BAD, ids=lambda value: getattr(value, "__class__", str).__name__
)
def test_what_is_noticed(before: ProjectState, rule: str, operation: Any) -> None:
    assert rule in rules(before, operation)


GOOD = [
    migrations.AddField("company", "note", models.TextField(default="", db_default="")),
    migrations.AddField("appointment", "note", models.TextField(null=True)),
    migrations.AddField(
        "appointment", "staff2", models.ForeignKey("Staff", models.CASCADE, null=True, db_index=False)
    ),
    migrations.AddIndex("company", models.Index(fields=["name"], name="company_name")),
    migrations.AlterField("customer", "name", models.CharField(max_length=900)),
    migrations.AlterModelOptions("customer", {"verbose_name": "guest"}),
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("appointment", "notes")]),
    migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON b (c)", "DROP INDEX CONCURRENTLY a"),
    migrations.RunSQL("ALTER TABLE a ADD CONSTRAINT b CHECK (c) NOT VALID", migrations.RunSQL.noop),
    AddConstraintNotValid("appointment", CHECK),
]


@pytest.mark.parametrize("operation", GOOD, ids=lambda value: type(value).__name__)
def test_what_nobody_notices(before: ProjectState, operation: Any) -> None:
    assert rules(before, operation) == []


def test_concurrently_and_in_batches(before: ProjectState) -> None:
    concurrently = AddIndexConcurrently("appointment", INDEX)
    in_batches = migrations.RunPython(nothing, migrations.RunPython.noop)
    assert rules(before, concurrently, in_batches, atomic=False) == []


def test_no_way_back(before: ProjectState) -> None:
    assert (
        rules(before, migrations.RunPython(nothing), migrations.RunSQL("SELECT 1"), atomic=False)
        == ["reverse"] * 2
    )


def test_a_table_that_is_made_here_is_nobodys_yet(before: ProjectState) -> None:
    made = migrations.CreateModel("Chair", [("id", models.BigAutoField(primary_key=True))])
    field = migrations.AddField("chair", "name", models.CharField(max_length=9, unique=True, default=""))
    assert (
        rules(before, made, field, migrations.AddIndex("chair", models.Index(F("name"), name="chair_name")))
        == []
    )


class TestAccepted:
    dropped: ClassVar[Any] = migrations.RemoveField("appointment", "notes")

    def test_with_a_reason(self, before: ProjectState) -> None:
        assert rules(before, self.dropped, accepted={"drop": "nothing has read it since 0031"}) == []

    def test_a_reason_is_needed(self, before: ProjectState) -> None:
        assert rules(before, self.dropped, accepted={"drop": ""}) == ["drop"]

    def test_what_is_accepted_is_there(self, before: ProjectState) -> None:
        (problem,) = found(before, accepted={"index": "at night"})
        assert str(problem) == (
            "appointments.9999_change: index: is accepted, but nothing of the kind is done"
        )
