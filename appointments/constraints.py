"""Database constraints that Django does not bring: tenants apart, and nobody in two places."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField
from django.core.exceptions import ValidationError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Deferrable, F, Func, Model, Value
from django.utils.translation import gettext_lazy as _


class SameCompany(BaseConstraint):
    """``FOREIGN KEY (<field>_id, company_id) REFERENCES <target> (id, company_id)``.

    A reference to another company's row cannot be stored, whoever writes (invariant I8;
    incidents F14, G3, I8). The target needs a unique constraint on ``(id, company)``. The field
    itself is declared with ``db_constraint=False``: this foreign key contains the simple one.
    """

    violation_error_code = "foreign_company"

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(
            name=name,
            violation_error_code=self.violation_error_code,
            violation_error_message=_("This belongs to another company."),
        )
        self.field = field

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        editor: BaseDatabaseSchemaEditor = schema_editor
        target = model._meta.get_field(self.field).related_model
        return (
            "CONSTRAINT {name} FOREIGN KEY ({field}, {company}) REFERENCES {target} ({id}, {company}) "
            "DEFERRABLE INITIALLY IMMEDIATE"
        ).format(
            name=editor.quote_name(self.name),
            field=editor.quote_name(f"{self.field}_id"),
            company=editor.quote_name("company_id"),
            target=editor.quote_name(target._meta.db_table),
            id=editor.quote_name("id"),
        )

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(
        self,
        model: type[Model],
        instance: Model,
        exclude: Collection[str] | None = None,
        using: str = "default",
    ) -> None:
        if exclude and self.field in exclude:
            return
        related = getattr(instance, self.field, None)
        if related is not None and related.company_id != instance.company_id:  # type: ignore[attr-defined]
            error = ValidationError(self.get_violation_error_message(), code=self.violation_error_code)
            raise ValidationError({self.field: error})

    def deconstruct(self) -> Any:
        path, args, _kwargs = super().deconstruct()
        return path, args, {"field": self.field, "name": self.name}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameCompany):
            return (self.name, self.field) == (other.name, other.field)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field))


def point_range(field: str) -> Func:
    """``int8range(field, field, '[]')``: makes *equal* an operator that GiST has without btree_gist."""
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def one_place_at_a_time(*, owner: str, period: str, name: str) -> ExclusionConstraint:
    """No two rows of one ``owner`` whose ``period`` overlap (invariant I1).

    Deferrable, so that a re-plan can swap two people within one transaction.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[(point_range(owner), "&&"), (period, "&&")],
        deferrable=Deferrable.IMMEDIATE,
        violation_error_code="slot_taken",
    )
