"""Whether the telephone is still answered as it was set up (incident J11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import Found, Refused, Scope, Sentence, register, subject
from appointments.integrity.states import States, states_of
from appointments.integrity.words import storable
from appointments.models import Finding
from appointments.models.integrity import Severity
from calls.flow.deploying import Line, NoFlow, deploy
from calls.flow.drifting import Drift, Kind, drifts, is_outdated
from calls.models import Deployment, VoiceAgent
from integrations.retell import client

REJECTED = {"HTTP 401", "HTTP 403"}
SILENT = gettext_noop("The voice platform does not answer at the moment.")
CHANGED = gettext_noop(
    "At the voice platform somebody has changed the assistant by hand: look at it there first."
)
UP_TO_DATE = gettext_noop("The assistant is up to date already.")
BRINGS = gettext_noop("The assistant of %(branch)s is brought up to date at the voice platform.")
BROUGHT = gettext_noop("The assistant of %(branch)s is up to date at the voice platform.")


@dataclass
class Comparison:
    """``unknown``: what could not be compared, and for which ``trouble``."""

    found: list[tuple[Deployment, Drift]] = field(default_factory=list)
    unknown: list[Deployment] = field(default_factory=list)
    trouble: str = ""


def comparison(scope: Scope) -> Comparison:
    """Asked once in a run; nobody is asked without a key. After the first trouble nobody is asked more."""
    if not scope.asks_outside or not client.is_reachable():
        return Comparison()
    known: Comparison | None = scope.memo.get("voice platform")
    if known is None:
        known = scope.memo["voice platform"] = _compare(_deployments(scope))
    return known


def _deployments(scope: Scope) -> Sequence[Deployment]:
    related = "agent__branch__company"
    rows = Deployment.objects.filter(agent__branch__active=True).select_related(related).order_by("pk")
    return list(rows.filter(agent__branch__company=scope.company) if scope.company else rows)


def _compare(deployments: Sequence[Deployment]) -> Comparison:
    result = Comparison()
    for number, deployment in enumerate(deployments):
        try:
            result.found += [(deployment, each) for each in drifts(deployment)]
        except client.RetellError as error:
            result.trouble = "rejected" if str(error) in REJECTED else "silent"
            result.unknown = list(deployments[number:])
            break
    return result


def _facts(deployment: Deployment) -> dict[str, Any]:
    branch = deployment.agent.branch
    return {
        "branch": branch.name,
        "zone": branch.company.timezone,
        "deployed_at": deployment.deployed_at,
    }


def preview(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """Asks nobody; whether somebody has changed it meanwhile is asked before it is done."""
    deployment = _deployment_of(finding)
    return [Sentence(BRINGS, storable(_facts(deployment)))]


def deploy_again(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """Only what is merely out of date: nobody's work at the platform is overwritten."""
    deployment = _deployment_of(finding)
    try:
        if [each.kind for each in drifts(deployment)] != [Kind.OUTDATED]:
            raise Refused(CHANGED)
        deploy(deployment.url, Line(deployment.agent.agent_id, deployment.numbers), now=now)
    except (client.RetellError, NoFlow) as error:
        raise Refused(SILENT) from error
    return [Sentence(BROUGHT, storable(_facts(deployment)))]


def _deployment_of(finding: Finding) -> Deployment:
    """Of the company that the finding is about. Raises ``Refused`` if there is nothing left to be done."""
    agents = [each["id"] for each in finding.subjects if each["model"] == VoiceAgent._meta.label_lower]
    rows = Deployment.objects.filter(agent__in=agents, agent__branch__company=finding.company_id)
    deployment = rows.select_related("agent__branch__company").first()
    if deployment is None or not is_outdated(deployment):
        raise Refused(UP_TO_DATE)
    return deployment


def state_of_deployment(finding: Finding) -> States:
    agents = [each["id"] for each in finding.subjects if each["model"] == VoiceAgent._meta.label_lower]
    rows = Deployment.objects.filter(agent__in=agents, agent__branch__company=finding.company_id)
    return states_of({"model": row._meta.label_lower, "id": row.pk} for row in rows)


@register(
    id="calls.flow_drift",
    severity=Severity.ERROR,
    title=_("The live assistant is not the one that was deployed"),
    advice=_(
        "What somebody has changed at the voice platform is theirs to explain: look at it there, the voice "
        "agent's page has the link. If it was not meant, “retell_flow --deploy” puts ours back. What is only "
        "out of date is deployed again by the repair."
    ),
    sentences={
        Kind.GONE: gettext_noop(
            "%(branch)s: the voice platform does not know the assistant any more, or the assistant does not "
            "follow our conversation."
        ),
        Kind.TALK: gettext_noop(
            "%(branch)s: at the voice platform somebody has changed what the assistant says and asks."
        ),
        Kind.TOOLS: gettext_noop(
            "%(branch)s: at the voice platform somebody has changed how the assistant looks into the "
            "appointment book."
        ),
        Kind.SETTINGS: gettext_noop(
            "%(branch)s: at the voice platform somebody has changed the assistant's settings, such as "
            "language, time zone, or the messages about calls."
        ),
        Kind.NUMBER: gettext_noop(
            "%(branch)s: %(number)s is answered by another assistant, or callers are not recognised any more."
        ),
        Kind.NUMBER_GONE: gettext_noop("%(branch)s: the voice platform does not know the number %(number)s."),
        Kind.OUTDATED: gettext_noop(
            "%(branch)s: the conversation has become better since it was deployed on %(deployed_day)s; "
            "callers still hear the old one."
        ),
    },
    repair=deploy_again,
    preview=preview,
    state=state_of_deployment,
)
def flow_drift(scope: Scope) -> Iterator[Found]:
    """Number, agent and version were changed by hand, and nobody noticed for days."""
    for deployment, drift in comparison(scope).found:
        is_old = drift.kind is Kind.OUTDATED
        yield Found(
            company_id=deployment.agent.branch.company_id,
            code=drift.kind,
            facts={**_facts(deployment), "number": drift.number},
            subjects=[subject(VoiceAgent, deployment.agent_id), subject(Deployment, deployment.pk)],
            severity=Severity.WARNING if is_old else None,
            repairable=is_old,
            key=f"{deployment.agent_id}:{drift.kind}:{drift.number}",
        )


@register(
    id="calls.flow_unknown",
    severity=Severity.WARNING,
    title=_("The live assistant could not be compared"),
    advice=_(
        "Nothing is lost: it is compared again tomorrow. A key that is not accepted is changed by whoever "
        "runs the system."
    ),
    sentences={
        "silent": gettext_noop(
            "The voice platform does not answer, so nobody knows whether the assistant is still as it was "
            "deployed."
        ),
        "rejected": gettext_noop(
            "The voice platform does not accept the key, so nobody knows whether the assistant is still as "
            "it was deployed."
        ),
    },
)
def flow_unknown(scope: Scope) -> Iterator[Found]:
    """Once for each company, however many agents it has."""
    seen = comparison(scope)
    for company_id in dict.fromkeys(each.agent.branch.company_id for each in seen.unknown):
        yield Found(company_id=company_id, code=seen.trouble, key="voice platform")
