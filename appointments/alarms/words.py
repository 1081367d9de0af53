"""Alarms in sentences, in the language of whoever reads them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from appointments.alarms.registry import Rule, Unit, rule_of
from appointments.integrity.words import spoken
from appointments.models import Alarm


def sentence_of(alarm: Alarm) -> str:
    """The title, where an older version has stored other facts than this one's sentence names."""
    rule = rule_of(alarm.rule)
    try:
        return str(alarm) if rule is None else gettext(rule.sentence) % _spelled_facts(alarm.facts)
    except KeyError:
        return str(alarm)


def advice_of(alarm: Alarm) -> str:
    rule = rule_of(alarm.rule)
    return "" if rule is None else str(rule.advice)


def spelled(value: float, rule: Rule) -> str:
    """``10 %``, ``5 minutes``, ``3``."""
    return f"{_number(value)} {rule.unit.value}".strip() if rule.unit is not Unit.COUNT else _number(value)


def _spelled_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    words = {
        name: _number(value) if isinstance(value, int | float) else value
        for name, value in spoken(facts).items()
    }
    return {**words, "span": span(timedelta(minutes=facts.get("minutes", 0)))}


def _number(value: float) -> str:
    """At most two decimals, and none that say nothing; never rounded up to a whole that it is not."""
    cut = int(value * 100) / 100
    text = f"{cut:.2f}".rstrip("0").rstrip(".")
    return number_format(text, use_l10n=True)


def span(time: timedelta) -> str:
    """In hours where they are whole, else in minutes."""
    whole = round(time / timedelta(minutes=1))
    if whole % 60 == 0:
        hours = whole // 60
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", whole) % {"count": whole}
