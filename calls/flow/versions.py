"""What callers of an agent have heard, one after the other, and the way back."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from appointments.audit import Channel, current_actor
from calls.flow.checking import differences
from calls.functions import find
from calls.models import Deployment, FlowVersion, VoiceAgent

# So many are kept of an agent; nobody goes back further.
KEPT = 20


class NoWayBack(Exception):
    """There is no version before the live one, or this release cannot answer it any more. ``functions``: what
    it would ask for.
    """

    def __init__(self, functions: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(functions))
        self.functions = functions


@transaction.atomic
def note(
    agent: VoiceAgent,
    *,
    url: str,
    numbers: list[str],
    sent: dict[str, Any],
    now: datetime,
    restores: FlowVersion | None = None,
) -> FlowVersion:
    """Keeps what was just sent as the live one. Put back on purpose, it is held: see ``Deployment``. What
    says the same as before is no new version.
    """
    VoiceAgent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    sent = json.loads(json.dumps(sent))
    facts = {"url": url, "numbers": numbers, "sent": sent, "deployed_at": now}
    last = agent.versions.first() or _first(agent)
    Deployment.objects.update_or_create(agent=agent, defaults={**facts, "held": restores is not None})
    if last is not None and last.sent == sent:
        return last
    channel, actor = current_actor()
    number = 1 if last is None else last.number + 1
    version = FlowVersion.objects.create(
        agent=agent, number=number, restores=restores, channel=channel, actor=actor, **facts
    )
    agent.versions.filter(number__lte=number - KEPT).delete()
    return version


def _first(agent: VoiceAgent) -> FlowVersion | None:
    """What was deployed before versions were kept becomes the first of them."""
    live = Deployment.objects.filter(agent=agent).first()
    if live is None:
        return None
    facts = {"url": live.url, "numbers": live.numbers, "sent": live.sent, "deployed_at": live.deployed_at}
    return FlowVersion.objects.create(agent=agent, number=1, channel=Channel.SYSTEM, **facts)


def before(agent: VoiceAgent) -> FlowVersion:
    """The version to go back to: the last that said something else, before the live one was first deployed.
    Raises ``NoWayBack``.
    """
    versions = list(agent.versions.select_related("restores").order_by("-number"))
    if versions:
        live = versions[0]
        for each in versions[1:]:
            if each.number < live.origin.number and each.sent != live.sent:
                unknown = unanswered(each.sent)
                if unknown:
                    raise NoWayBack(unknown)
                return each.origin
    raise NoWayBack


def unanswered(sent: Mapping[str, Any]) -> tuple[str, ...]:
    """The functions that this conversation calls and that this release does not answer."""
    called = [str(tool["url"]).rstrip("/").rpartition("/")[2] for tool in sent["flow"]["tools"]]
    return tuple(name for name in dict.fromkeys(called) if find(name) is None)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Counter[str]:
    """In how many places ``new`` differs from ``old``: of the ``talk``, the ``tools``, the ``settings``."""
    found: Counter[str] = Counter()
    for line in differences(new["flow"], old["flow"]):
        found["tools" if line.startswith("tools") else "talk"] += 1
    found["settings"] += len(differences(new["agent"], old["agent"]))
    found["settings"] += len(differences(new["number"], old["number"]))
    return +found
