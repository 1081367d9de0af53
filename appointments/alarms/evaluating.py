"""Every minute: what is measured against what is allowed. An alarm is raised once, repeated, and over."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from appointments.alarms.limits import Limits, Owner, Rows, add_missing_rules, limits_of, stored_rows
from appointments.alarms.registry import Measured, Rule, registered
from appointments.alarms.telling import tell
from appointments.locks import alone
from appointments.models import Alarm, Company
from appointments.models.alarms import Notice

logger = logging.getLogger(__name__)

# What comes and goes is one alarm: over is what has been silent for as long.
CALM = timedelta(minutes=5)
LOCK = "alarms"

Place = tuple[Owner, str]


def evaluate(*, now: datetime) -> int:
    """All rules for all active companies; how many limits are passed. Never twice at the same time.

    A rule that fails is logged, keeps its alarms as they are, and keeps nobody from the others.
    """
    with alone(LOCK, waits=False) as ours:
        if not ours:
            return 0
        add_missing_rules(now=now)
        rows = stored_rows()
        companies = list(Company.objects.filter(active=True).values_list("pk", flat=True))
        return sum(_evaluate(rule, companies, rows, now) for rule in registered())


def _evaluate(rule: Rule, companies: list[int], rows: Rows, now: datetime) -> int:
    owners: list[Owner] = [None] if rule.of_installation else list(companies)
    limits = {owner: limits_of(rule, owner, rows) for owner in owners}
    try:
        with transaction.atomic():
            passed = dict(_passed(rule, limits, now))
    except Exception:
        logger.exception("The alarm rule %s cannot be measured.", rule.id)
        return 0
    with transaction.atomic():
        _settle(rule, passed, limits, now)
    return len(passed)


def _passed(
    rule: Rule, limits: Mapping[Owner, Limits], now: datetime
) -> Iterator[tuple[Place, tuple[Measured, Limits]]]:
    """One measurement for each period that anybody wants; all but a few want the same."""
    active = {owner: one for owner, one in limits.items() if one.active}
    for window in {one.window for one in active.values()}:
        for measured in rule.measure(now, window):
            own = active.get(measured.company_id)
            if own is None or own.window != window or measured.count < own.minimum:
                continue
            if rule.compared.holds(measured.value, own.threshold):
                yield (measured.company_id, measured.key), (measured, own)


def _settle(
    rule: Rule,
    passed: Mapping[Place, tuple[Measured, Limits]],
    limits: Mapping[Owner, Limits],
    now: datetime,
) -> None:
    rows = Alarm.objects.unresolved().filter(rule=rule.id).select_for_update()
    known = {(alarm.company_id, alarm.key): alarm for alarm in rows}
    for place, (measured, own) in passed.items():
        alarm = known.pop(place, None) or _begun(rule, place, now)
        alarm.severity, alarm.facts, alarm.seen_at = rule.severity, _facts(measured, own), now
        notice = _notice(alarm, rule, own, now)
        if notice is not None:
            alarm.told_at = now
        alarm.save()
        if notice is not None:
            tell(alarm, notice, now=now)
    for alarm in known.values():
        _calm_down(alarm, now)


def _begun(rule: Rule, place: Place, now: datetime) -> Alarm:
    company_id, key = place
    return Alarm(company_id=company_id, rule=rule.id, key=key, began_at=now)


def _facts(measured: Measured, limits: Limits) -> dict[str, Any]:
    return {
        **measured.facts,
        "value": measured.value,
        "count": measured.count,
        "threshold": limits.threshold,
        "minutes": limits.window.total_seconds() / 60,
    }


def _notice(alarm: Alarm, rule: Rule, limits: Limits, now: datetime) -> Notice | None:
    if alarm.raised_at is None:
        if now - alarm.began_at < rule.lasting:
            return None
        alarm.raised_at = now
        return Notice.RAISED
    is_due = alarm.told_at is None or now - alarm.told_at >= limits.reminder
    return Notice.REMINDER if is_due and alarm.acknowledged_at is None else None


def _calm_down(alarm: Alarm, now: datetime) -> None:
    if alarm.raised_at is None:
        alarm.delete()
    elif now - alarm.seen_at >= CALM:
        alarm.resolved_at = alarm.told_at = now
        alarm.save(update_fields=["resolved_at", "told_at"])
        tell(alarm, Notice.RESOLVED, now=now)
