"""The rules that the database keeps: which there should be, and which there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import BaseConstraint

# What migration 0002 makes beside the constraints of the models (decision 0001).
TRIGGERS = {
    "appointment_ledger": "appointments_appointment",
    "allocation_ledger": "appointments_allocation",
}

CONSTRAINTS = """
SELECT relation.relname, rule.conname, rule.convalidated
       AND coalesce((to_jsonb(rule) ->> 'conenforced')::boolean, true)
FROM pg_constraint rule JOIN pg_class relation ON relation.oid = rule.conrelid
WHERE relation.relname = ANY(%s) AND pg_table_is_visible(relation.oid)
"""
# A unique constraint with a condition is an index, and nothing else.
INDEXES = """
SELECT relation.relname, index.relname, fact.indisvalid
FROM pg_index fact JOIN pg_class relation ON relation.oid = fact.indrelid
JOIN pg_class index ON index.oid = fact.indexrelid
WHERE relation.relname = ANY(%s) AND pg_table_is_visible(relation.oid) AND fact.indisunique
"""
# Foreign keys are triggers of the server's own; they carry the name of their constraint.
SWITCHED_OFF = """
SELECT relation.relname, coalesce(rule.conname, trigger.tgname), trigger.tgisinternal
FROM pg_trigger trigger JOIN pg_class relation ON relation.oid = trigger.tgrelid
LEFT JOIN pg_constraint rule ON rule.oid = trigger.tgconstraint AND trigger.tgisinternal
WHERE relation.relname = ANY(%s) AND pg_table_is_visible(relation.oid) AND trigger.tgenabled IN ('D', 'R')
"""
PRESENT_TRIGGERS = """
SELECT trigger.tgname FROM pg_trigger trigger JOIN pg_class relation ON relation.oid = trigger.tgrelid
WHERE trigger.tgname = ANY(%s) AND pg_table_is_visible(relation.oid)
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """``name`` on ``table``; of a constraint that a model declares also which."""

    name: str
    table: str
    model: type[models.Model] | None = None
    constraint: BaseConstraint | None = None


@dataclass
class Broken:
    """``absent`` is not there, ``unproven`` binds only new rows, ``off`` does not work at present."""

    absent: list[Rule] = field(default_factory=list)
    unproven: list[Rule] = field(default_factory=list)
    off: list[Rule] = field(default_factory=list)

    def each(self) -> Iterator[tuple[str, Rule]]:
        for code in ("absent", "unproven", "off"):
            for rule in getattr(self, code):
                yield code, rule


def rules() -> dict[tuple[str, str], Rule]:
    """What models declare, and the triggers, by table and name."""
    declared = [
        Rule(constraint.name, model._meta.db_table, model, constraint)
        for model in apps.get_models()
        if model._meta.managed
        for constraint in model._meta.constraints
    ]
    made = [Rule(name, table) for name, table in TRIGGERS.items()]
    return {(rule.table, rule.name): rule for rule in [*declared, *made]}


def broken() -> Broken:
    """Four questions to the catalogue, whatever there is."""
    wanted = rules()
    tables = sorted({rule.table for rule in wanted.values()})
    constraints = {(table, name): sound for table, name, sound in _ask(CONSTRAINTS, tables)}
    indexes = {(table, name): sound for table, name, sound in _ask(INDEXES, tables)}
    triggers = {name for (name,) in _ask(PRESENT_TRIGGERS, sorted(TRIGGERS))}
    there: Mapping[tuple[str, str], bool] = {
        **indexes,
        **constraints,
        **{(TRIGGERS[name], name): True for name in triggers},
    }
    found = Broken(absent=[rule for key, rule in wanted.items() if key not in there])
    # Any rule of our tables, also a plain foreign key that no model lists.
    unsound = [key for key, sound in there.items() if not sound]
    found.unproven = [wanted.get(key, Rule(key[1], key[0])) for key in unsound]
    off = sorted({(table, name) for table, name, _internal in _ask(SWITCHED_OFF, tables)})
    found.off = [wanted.get(key, Rule(key[1], key[0])) for key in off]
    return found


def _ask(statement: str, names: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [names])
        return list(cursor.fetchall())
