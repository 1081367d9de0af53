"""The checks there are, as Django's system checks: each app registers its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.functional import Promise

from appointments.integrity.scope import Scope
from appointments.integrity.states import States
from appointments.integrity.words import Sentence, storable
from appointments.models import Finding
from appointments.models.integrity import Severity

Text = str | Promise


class Subject(NamedTuple):
    """A row that a finding concerns; ``model`` is ``app.model``."""

    model: str
    pk: int


def subject(model: type[Model], pk: int) -> Subject:
    return Subject(model._meta.label_lower, pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check yields. ``company_id`` is None for what concerns the installation.

    ``code`` chooses among the check's sentences, ``facts`` fill it (see ``words.Sentence``).
    ``severity`` and ``repairable`` override what the check says of itself. ``key`` says which fault it
    is where ``subjects`` do not: the same fault has the same key on every day.
    """

    company_id: int | None
    subjects: Sequence[Subject] = ()
    code: str = ""
    facts: Mapping[str, Any] = ()  # type: ignore[assignment] # a default that nobody can change
    severity: Severity | None = None
    repairable: bool | None = None
    key: str = ""


class Refused(Exception):
    """A repair that cannot be done, or that nothing is left of. ``str()`` is a sentence for staff."""

    def __init__(self, text: str, **facts: Any) -> None:
        self.sentence = Sentence(text, storable(facts))
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.sentence)


CheckFunction = Callable[[Scope], Iterable[Found]]
# What a repair has done, in sentences. It looks again before it does anything: the finding may be old.
RepairFunction = Callable[[Finding, datetime], Sequence[Sentence]]
# What a repair changes beside the finding's subjects, as it is now.
StateFunction = Callable[[Finding], States]


@dataclass(frozen=True, kw_only=True)
class Check:
    """``title`` heads its findings, ``advice`` says to staff what to do about them.

    ``sentences`` by code. ``of_installation``: it is about no company. ``preview``: what the repair
    would do, for one that acts outside the database; any other is tried and rolled back. ``state``: for
    the before and after of a repair that changes other rows than the finding names.
    """

    id: str
    severity: Severity
    title: Text
    advice: Text
    sentences: Mapping[str, str]
    function: CheckFunction
    repair: RepairFunction | None = None
    preview: RepairFunction | None = None
    state: StateFunction | None = None
    of_installation: bool = False

    def run(self, scope: Scope) -> Iterator[Found]:
        yield from self.function(scope)


_checks: dict[str, Check] = {}


def register(
    *,
    id: str,  # noqa: A002 - as in Django's own checks
    severity: Severity,
    title: Text,
    advice: Text,
    sentence: str = "",
    sentences: Mapping[str, str] | None = None,
    repair: RepairFunction | None = None,
    preview: RepairFunction | None = None,
    state: StateFunction | None = None,
    of_installation: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Registers the decorated function. Sentences are marked with ``gettext_noop`` and translated when
    they are read. The order of registration is that of running and repairing.
    """

    def decorate(function: CheckFunction) -> CheckFunction:
        _checks[id] = Check(
            id=id,
            severity=severity,
            title=title,
            advice=advice,
            sentences=sentences or {"": sentence},
            function=function,
            repair=repair,
            preview=preview,
            state=state,
            of_installation=of_installation,
        )
        return function

    return decorate


def registered() -> Sequence[Check]:
    return tuple(_checks.values())


def check_of(check_id: str) -> Check | None:
    """None for a check that no longer exists; its findings may still be stored."""
    return _checks.get(check_id)


def sentence_of(finding: Finding) -> str:
    """In the language in which it is read."""
    check = check_of(finding.check_id)
    if check is None:
        return finding.check_id
    text = check.sentences.get(finding.code)
    return str(Sentence(text, finding.facts)) if text else str(check.title)
