from collections.abc import Iterator

import pytest
from pytest_django import Settings

from calls.models import VoiceAgent
from tests.calls.flow.platform import Retell, serving
from tests.salons import Salon, make_salon


@pytest.fixture
def retell(settings: Settings) -> Iterator[Retell]:
    with serving(settings) as api:
        yield api


@pytest.fixture
def deployable(db: None, retell: Retell) -> Salon:
    """Its agent and its number are at Retell, as somebody has once set them up there."""
    salon = make_salon()
    VoiceAgent.objects.create(branch=salon.branch, agent_id="agent_one")
    retell.flows["flow_one"] = {"conversation_flow_id": "flow_one", "nodes": []}
    engine = {"type": "conversation-flow", "conversation_flow_id": "flow_one", "version": 4}
    retell.agents["agent_one"] = {
        "agent_id": "agent_one",
        "version": 4,
        "voice_id": "v",
        "response_engine": engine,
    }
    retell.numbers[salon.number] = {"phone_number": salon.number}
    return salon
