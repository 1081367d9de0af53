"""Whether the database keeps the rules it should."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity.registry import Found, Refused, register
from appointments.integrity.schema import Rule, broken
from appointments.integrity.scope import Scope
from appointments.integrity.states import States
from appointments.integrity.words import Sentence
from appointments.models import Allocation, Finding
from appointments.models.integrity import Severity

ADDED = gettext_noop("The rule %(rule)s is added again, and holds for all rows.")
PROVEN = gettext_noop("The rule %(rule)s is proven for all rows.")
SWITCHED_ON = gettext_noop("The triggers of %(table)s are switched on again.")
IN_THE_WAY = gettext_noop(
    "The rule %(rule)s cannot be added yet: %(count)s times two rows of one stylist overlap. First solve the "
    "overlaps."
)

# Of the ledger itself: what the constraint would be built on. Each with its successor is enough to know.
OVERLAPPING = """
SELECT count(*) FROM (
    SELECT lower(during) AS starts_at, max(upper(during)) OVER (
        PARTITION BY staff_id ORDER BY lower(during), id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS latest FROM appointments_allocation
) swept WHERE starts_at < latest
"""


def foretell(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """Building the rule locks the table, so it is not tried: what would be in its way is counted."""
    code, rule = _still_broken(finding)
    if rule.model is Allocation and code == "absent":
        with connection.cursor() as cursor:
            cursor.execute(OVERLAPPING)
            (count,) = cursor.fetchone()
        if count:
            raise Refused(IN_THE_WAY, rule=rule.name, count=count)
    return [_sentence(code, rule)]


def mend(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """Raises the database's own refusal if a row contradicts the rule."""
    code, rule = _still_broken(finding)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        if code == "off":
            _execute(f"ALTER TABLE {_quoted(rule.table)} ENABLE TRIGGER ALL")
        elif code == "unproven":
            _execute(f"ALTER TABLE {_quoted(rule.table)} VALIDATE CONSTRAINT {_quoted(rule.name)}")
        elif rule.model is not None and rule.constraint is not None:
            with connection.schema_editor() as editor:
                editor.add_constraint(rule.model, rule.constraint)
    return [_sentence(code, rule)]


def state_of_rule(finding: Finding) -> States:
    name, table = finding.facts["rule"], finding.facts["table"]
    codes = [code for code, rule in broken().each() if (rule.name, rule.table) == (name, table)]
    return {f"{table} {name}": {"state": ", ".join(codes) or "holds"}}


def _still_broken(finding: Finding) -> tuple[str, Rule]:
    for code, rule in broken().each():
        if (code, rule.name, rule.table) == (finding.code, finding.facts["rule"], finding.facts["table"]):
            return code, rule
    raise Refused(gettext_noop("The rule %(rule)s holds again."), rule=finding.facts["rule"])


def _sentence(code: str, rule: Rule) -> Sentence:
    text = {"absent": ADDED, "unproven": PROVEN, "off": SWITCHED_ON}[code]
    return Sentence(text, {"rule": rule.name, "table": rule.table})


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


@register(
    id="appointments.constraint",
    severity=Severity.CRITICAL,
    title=_("The database does not keep a rule"),
    advice=_(
        "Until this is repaired, only the programme forbids double bookings, and not everything that writes "
        "goes through it. For whoever runs the system: docs/integrity.md, “Adopting an existing database”."
    ),
    sentences={
        "absent": gettext_noop("The rule %(rule)s of %(table)s is missing in the database."),
        "unproven": gettext_noop(
            "The rule %(rule)s of %(table)s is not proven for the rows that were there before."
        ),
        "off": gettext_noop("%(rule)s of %(table)s is switched off in the database."),
    },
    repair=mend,
    preview=foretell,
    state=state_of_rule,
    of_installation=True,
)
def constraints(scope: Scope) -> Iterator[Found]:
    """Exclusion, composite foreign keys, checks, unique keys, and the triggers of the ledger."""
    for code, rule in broken().each():
        yield Found(
            company_id=None,
            code=code,
            facts={"rule": rule.name, "table": rule.table},
            key=f"{code}:{rule.table}:{rule.name}",
            # The triggers come with a migration.
            repairable=code != "absent" or rule.constraint is not None,
        )
