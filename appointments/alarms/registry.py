"""The rules there are. Each app registers its own, as it does with the checks of integrity."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from operator import ge, gt, lt
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appointments.models.alarms import titles
from appointments.models.integrity import Severity

Text = str | Promise


class Unit(Enum):
    """Of what is measured, and so of the threshold."""

    PERCENT = _("%")
    SECONDS = _("seconds")
    MINUTES = _("minutes")
    HOURS = _("hours")
    COUNT = ""


class Compared(Enum):
    """On which side of the threshold something is wrong."""

    ABOVE = ">"
    AT_LEAST = "≥"
    BELOW = "<"

    def holds(self, value: float, threshold: float) -> bool:
        return bool({Compared.ABOVE: gt, Compared.AT_LEAST: ge, Compared.BELOW: lt}[self](value, threshold))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a rule has measured of a company; ``company_id`` None: of the installation.

    ``count``: of how many ``value`` is said. ``key`` tells several of one company apart. ``facts`` fill
    the rule's sentence beside ``value``, ``count``, ``threshold`` and ``span``; never anything personal.
    """

    company_id: int | None
    value: float
    count: int = 0
    key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


# Now, and how far to look back; by set, for all companies at once.
Measure = Callable[[datetime, timedelta], Iterable[Measured]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``threshold``, ``minimum``, ``window`` and ``reminder`` are defaults; see ``AlarmRule``.

    Of less than ``minimum`` nothing is said. ``window`` None: what is measured knows no period.
    ``lasting``: an alarm only if it has been so for as long. ``of_installation``: it is about no company.
    """

    id: str
    severity: Severity
    title: Text
    sentence: str
    advice: Text
    unit: Unit
    threshold: float
    measure: Measure
    compared: Compared = Compared.ABOVE
    minimum: int = 0
    window: timedelta | None = None
    lasting: timedelta = timedelta()
    reminder: timedelta = timedelta(hours=4)
    of_installation: bool = False


_rules: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Call it in ``AppConfig.ready()``. Sentences are marked with ``gettext_noop``."""
    for rule in rules:
        _rules[rule.id] = rule
        titles[rule.id] = rule.title


def registered() -> Sequence[Rule]:
    return tuple(_rules.values())


def rule_of(rule_id: str) -> Rule | None:
    """None for a rule that no longer exists; its alarms may still be stored."""
    return _rules.get(rule_id)
