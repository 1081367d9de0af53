"""Bringing flow, agent and number to the voice platform, and comparing what is live with what is ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.flow import versions
from calls.flow.agent import agent_settings, number_settings
from calls.flow.building import build_flow
from calls.flow.checking import differences
from calls.models import Deployment, FlowVersion, VoiceAgent
from integrations.retell import client


class NoFlow(Exception):
    """The agent is not driven by a conversation flow."""


@dataclass(frozen=True, slots=True)
class Line:
    """An agent and the numbers (E.164) on which it answers."""

    agent_id: str
    numbers: Sequence[str]


def create(url: str, *, voice: str) -> str:
    """A new flow and a new agent that speaks with ``voice``; the agent's id. Raises ``RetellError``."""
    flow_id = client.create_flow(build_flow(url))
    return client.create_agent({**agent_settings(url, flow_id), "voice_id": voice})


def deploy(url: str, line: Line, *, now: datetime) -> None:
    """Makes what is live what is ours, publishes it, and notes what was sent for an agent that we know.
    Raises ``NoFlow`` or ``RetellError``.
    """
    flow_id = flow_of(client.get_agent(line.agent_id))
    sent = to_send(url, line.agent_id, flow_id)
    _send(line, flow_id, sent)
    for agent in VoiceAgent.objects.filter(agent_id=line.agent_id):
        versions.note(agent, url=url, numbers=list(line.numbers), sent=sent, now=now)


def put_back(agent: VoiceAgent, *, now: datetime) -> FlowVersion:
    """The conversation before the live one, in one step; the new version. Raises ``NoWayBack``, ``NoFlow`` or
    ``RetellError``. It answers on the numbers that are the agent's now.
    """
    former = versions.before(agent)
    live = Deployment.objects.get(agent=agent)
    flow_id = flow_of(client.get_agent(agent.agent_id))
    engine = {**former.sent["agent"]["response_engine"], "conversation_flow_id": flow_id}
    sent = {**former.sent, "agent": {**former.sent["agent"], "response_engine": engine}}
    _send(Line(agent.agent_id, live.numbers), flow_id, sent)
    return versions.note(agent, url=former.url, numbers=live.numbers, sent=sent, now=now, restores=former)


def _send(line: Line, flow_id: str, sent: Mapping[str, Any]) -> None:
    """The numbers come last: until then callers get the version that was published before."""
    client.update_flow(flow_id, sent["flow"])
    client.update_agent(line.agent_id, sent["agent"])
    version = client.get_agent(line.agent_id).get("version")
    if not isinstance(version, int):
        raise client.RetellError("no version")
    client.publish_agent(line.agent_id, version)
    for number in line.numbers:
        client.update_number(number, sent["number"])


def to_send(url: str, agent_id: str, flow_id: str) -> dict[str, Any]:
    """All that makes the agent ours: ``flow``, ``agent``, and ``number`` for each of its numbers."""
    return {
        "flow": build_flow(url),
        "agent": agent_settings(url, flow_id),
        "number": number_settings(url, agent_id),
    }


def drift(url: str, line: Line) -> list[str]:
    """In what the platform differs from what is ours, one line each (incident J11). Raises ``NoFlow`` or
    ``RetellError``; that the platform does not know something is a difference.
    """
    try:
        agent = client.get_agent(line.agent_id)
        flow_id = flow_of(agent)
        found = [f"flow: {each}" for each in differences(build_flow(url), dict(client.get_flow(flow_id)))]
    except client.NotKnown:
        return [f"{line.agent_id}: Retell knows no such agent, or not its flow"]
    found += [f"agent: {each}" for each in differences(agent_settings(url, flow_id), dict(agent))]
    for number in line.numbers:
        found += [f"{number}: {each}" for each in _drift_of_number(url, line, number)]
    return [f"{line.agent_id}: {each}" for each in found]


def _drift_of_number(url: str, line: Line, number: str) -> list[str]:
    try:
        live = dict(client.get_number(number))
    except client.NotKnown:
        return ["Retell knows no such number"]
    return differences(number_settings(url, line.agent_id), live)


def flow_of(agent: Any) -> str:
    """The id of the agent's conversation flow. Raises ``NoFlow``."""
    engine = agent.get("response_engine")
    flow_id = engine.get("conversation_flow_id") if isinstance(engine, dict) else None
    if not isinstance(flow_id, str) or not flow_id:
        raise NoFlow
    return flow_id
