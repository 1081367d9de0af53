"""Which limits count for whom: the company's own, else the operator's, else the rule's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from appointments.alarms.registry import Rule, registered
from appointments.models import AlarmRule, Company


@dataclass(frozen=True, slots=True)
class Limits:
    active: bool
    threshold: float
    minimum: int
    window: timedelta
    reminder: timedelta


Owner = int | None
Rows = Mapping[tuple[Owner, str], AlarmRule]


def stored_rows() -> Rows:
    """One query."""
    return {(row.company_id, row.rule): row for row in AlarmRule.objects.all()}


def limits_of(rule: Rule, owner: Owner, rows: Rows) -> Limits:
    """``owner``: a company's id, or None for the operator."""
    default = rows.get((None, rule.id))
    own = rows.get((owner, rule.id)) if owner is not None else None
    said = [row for row in (own, default) if row is not None]

    def first(name: str) -> float | None:
        return next((value for row in said if (value := getattr(row, name)) is not None), None)

    threshold, minimum = first("threshold"), first("minimum")
    window, reminder = first("window_minutes"), first("reminder_hours")
    return Limits(
        active=all(row.active for row in said),
        threshold=rule.threshold if threshold is None else threshold,
        minimum=rule.minimum if minimum is None else int(minimum),
        window=(rule.window or timedelta()) if window is None else timedelta(minutes=window),
        reminder=rule.reminder if reminder is None else timedelta(hours=reminder),
    )


def add_missing_rules(*, now: datetime) -> int:
    """A row of each rule for each active company, and one for all: what can be changed has to be seen.

    Rows of rules that no longer exist go. Returns how many were added.
    """
    rules = registered()
    companies = Company.objects.filter(active=True).values_list("pk", flat=True)
    wanted: set[tuple[Owner, str]] = {(None, rule.id) for rule in rules}
    wanted |= {(pk, rule.id) for pk in companies for rule in rules if not rule.of_installation}
    missing = wanted - set(AlarmRule.objects.values_list("company", "rule"))
    AlarmRule.objects.exclude(rule__in=[rule.id for rule in rules]).delete()
    AlarmRule.objects.bulk_create(
        [AlarmRule(company_id=pk, rule=rule, known_since=now) for pk, rule in missing], ignore_conflicts=True
    )
    return len(missing)
