"""Running the checks: what they find, as findings that are not stored yet."""

import hashlib
import json
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity.ratio import consistency_ratio
from appointments.integrity.registry import Check, Found, register, registered
from appointments.integrity.scope import Scope, patience
from appointments.integrity.words import storable
from appointments.models import Company, Finding
from appointments.models.integrity import Severity

logger = logging.getLogger(__name__)

FAILED = "appointments.check_failed"


class UnknownCheck(Exception):
    """``args``: the ids that no app has registered."""


@dataclass
class Result:
    """``findings`` as the checks yield them, most urgent last or first as it happens. ``failed``: ids of
    checks that could not be run; each is among the findings too.
    """

    ratio: float | None
    findings: list[Finding]
    failed: list[str] = field(default_factory=list)


def run(
    *,
    now: datetime,
    company: Company | None = None,
    checks: Collection[str] | None = None,
    asks_outside: bool = True,
) -> Result:
    """Looks, and stores nothing. ``company``: only this one's, and the installation; None: all at once.

    ``checks``: ids, None for all; raises ``UnknownCheck``. ``asks_outside``: calendars are asked what
    stands there, so never in a transaction then.
    """
    failed: list[str] = []
    scope = Scope(now=now, company=company, asks_outside=asks_outside)
    findings = list(stream(scope, chosen(checks), failed=failed))
    return Result(consistency_ratio(company, now=now), findings, failed)


def chosen(ids: Collection[str] | None) -> Sequence[Check]:
    """All, or those named, in the order of the registry. Raises ``UnknownCheck``."""
    every = registered()
    if ids is None:
        return every
    unknown = set(ids) - {check.id for check in every}
    if unknown:
        raise UnknownCheck(*sorted(unknown))
    return [check for check in every if check.id in ids]


def stream(scope: Scope, checks: Sequence[Check], *, failed: list[str] | None = None) -> Iterator[Finding]:
    """Finding by finding, so that a million of them need no memory. ``failed`` collects ids.

    A check that breaks is a finding itself and keeps nobody from running the others.
    """
    with patience():
        for check in checks:
            try:
                for found in check.run(scope):
                    yield finding_of(check, found, scope)
            except Exception:
                logger.exception("The check %s could not be run.", check.id)
                if failed is not None:
                    failed.append(check.id)
                yield _of_failure(check, scope)


def finding_of(check: Check, found: Found, scope: Scope) -> Finding:
    finding = Finding(
        company_id=found.company_id,
        check_id=check.id,
        code=found.code,
        severity=found.severity or check.severity,
        facts=storable(dict(found.facts)),
        subjects=[{"model": each.model, "id": each.pk} for each in found.subjects],
        repairable=check.repair is not None if found.repairable is None else found.repairable,
        first_seen=scope.now,
        last_seen=scope.now,
    )
    finding.fingerprint = _fingerprint(finding, found.key)
    return finding


def _fingerprint(finding: Finding, key: str) -> str:
    which = key or sorted((each["model"], each["id"]) for each in finding.subjects)
    facts = json.dumps([finding.company_id, finding.check_id, which])
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()


@register(
    id=FAILED,
    severity=Severity.ERROR,
    title=_("A check could not be run"),
    advice=_("Whoever runs the system finds the reason in its log. What this check looks for is unknown."),
    sentence=gettext_noop("The check “%(check)s” could not be run."),
    of_installation=True,
)
def none_failed(scope: Scope) -> Iterator[Found]:
    """Registered for its words: whoever runs the others says it."""
    yield from ()


def _of_failure(check: Check, scope: Scope) -> Finding:
    (words,) = chosen([FAILED])
    company = None if check.of_installation or scope.company is None else scope.company.pk
    return finding_of(words, Found(company_id=company, facts={"check": check.id}, key=check.id), scope)
