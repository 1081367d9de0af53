"""Whether callers still hear what was deployed, and whether that is still what we would deploy (J11)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from calls.flow.checking import differences
from calls.flow.deploying import NoFlow, flow_of, to_send
from calls.models import Deployment
from integrations.retell import client


class Kind(StrEnum):
    """In the words of somebody who has the telephone answered. All but the last were done by hand."""

    GONE = "gone"
    TALK = "talk"
    TOOLS = "tools"
    SETTINGS = "settings"
    NUMBER = "number"
    NUMBER_GONE = "number_gone"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Drift:
    """``number``: E.164, where it is about one."""

    kind: Kind
    number: str = ""


def drifts(deployment: Deployment) -> list[Drift]:
    """Each once. Asks the voice platform; raises ``RetellError`` if it does not say."""
    by_hand = list(dict.fromkeys(_by_hand(deployment)))
    return by_hand or ([Drift(Kind.OUTDATED)] if is_outdated(deployment) else [])


def is_outdated(deployment: Deployment) -> bool:
    """Whether our flow has gone on since, and it is not held. Asks nobody."""
    if deployment.held:
        return False
    flow_id = deployment.sent["agent"]["response_engine"]["conversation_flow_id"]
    ours = to_send(deployment.url, deployment.agent.agent_id, flow_id)
    return bool(json.loads(json.dumps(ours)) != deployment.sent)


def _by_hand(deployment: Deployment) -> Iterator[Drift]:
    sent = deployment.sent
    try:
        agent = dict(client.get_agent(deployment.agent.agent_id))
        flow = dict(client.get_flow(flow_of(agent)))
    except (client.NotKnown, NoFlow):
        yield Drift(Kind.GONE)
        return
    for line in differences(sent["flow"], flow):
        yield Drift(Kind.TOOLS if line.startswith("tools") else Kind.TALK)
    if differences(sent["agent"], agent):
        yield Drift(Kind.SETTINGS)
    for number in deployment.numbers:
        try:
            if differences(sent["number"], dict(client.get_number(number))):
                yield Drift(Kind.NUMBER, number)
        except client.NotKnown:
            yield Drift(Kind.NUMBER_GONE, number)
