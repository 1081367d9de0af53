"""Alarms: what cannot wait for the report in the morning (``docs/alarms.md``).

A rule is a registered function that measures (``registry``); each app brings its own. ``evaluate``
compares every minute what was measured with the limits that the admin holds, and tells whoever has asked
with :func:`on_notice`. Nothing here sends anything.
"""

from appointments.alarms.acknowledging import acknowledge
from appointments.alarms.evaluating import evaluate
from appointments.alarms.limits import Limits, add_missing_rules, limits_of
from appointments.alarms.registry import Compared, Measured, Rule, Unit, register, registered, rule_of
from appointments.alarms.telling import on_notice
from appointments.alarms.words import advice_of, sentence_of, span, spelled

__all__ = [
    "Compared",
    "Limits",
    "Measured",
    "Rule",
    "Unit",
    "acknowledge",
    "add_missing_rules",
    "advice_of",
    "evaluate",
    "limits_of",
    "on_notice",
    "register",
    "registered",
    "rule_of",
    "sentence_of",
    "span",
    "spelled",
]
