"""Nothing refers to another company's rows, or to rows that do not exist."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.constraints import SameCompany
from appointments.integrity import sql
from appointments.integrity.registry import Found, register, subject
from appointments.integrity.scope import Scope
from appointments.models.integrity import Severity

CROSSED = """
SELECT own.id, own.company_id, target.company_id AS other_company_id
FROM {table} own LEFT JOIN {target} target ON target.id = own.{field}_id
WHERE own.{field}_id IS NOT NULL AND target.company_id IS DISTINCT FROM own.company_id AND {of_company}
ORDER BY own.id
"""


def guarded() -> Iterator[tuple[Any, SameCompany]]:
    """Every reference between two rows of one company, in all apps."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, SameCompany):
                yield model, constraint


@register(
    id="appointments.tenants",
    severity=Severity.CRITICAL,
    title=_("Something of another company"),
    advice=_(
        "Data of two companies are mixed, or a row was deleted past the rules. Tell whoever runs the system "
        "before you change anything."
    ),
    sentences={
        "crossed": gettext_noop("%(what)s %(id)s refers to another company (%(field)s)."),
        "dangling": gettext_noop("%(what)s %(id)s refers to something that does not exist (%(field)s)."),
    },
)
def tenants(scope: Scope) -> Iterator[Found]:
    """Invariant I8, incidents F14, G3, I8: asked of the rows, since whoever switches triggers off, as a
    restore does, passes by the foreign keys as well.
    """
    for model, constraint in guarded():
        target = model._meta.get_field(constraint.field).related_model
        statement = CROSSED.format(
            table=model._meta.db_table,
            target=target._meta.db_table,
            field=constraint.field,
            of_company=sql.of_company("own"),
        )
        for row in scope.rows(statement):
            yield Found(
                company_id=row.company_id,
                code="dangling" if row.other_company_id is None else "crossed",
                # The model's name in English, a table's name to an operator.
                facts={"what": model._meta.object_name, "id": row.id, "field": constraint.field},
                subjects=[subject(model, row.id)],
                key=f"{model._meta.label_lower}:{row.id}:{constraint.field}",
            )
