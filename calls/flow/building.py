"""The whole conversation flow as the voice platform takes it (``POST /create-conversation-flow``)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from calls import greetings
from calls.flow import asking, booking, changing, prompts, spoken
from calls.flow.tools import TOOLS, answered_variables
from calls.flow.variables import extracted_defaults

MODEL = "gpt-4.1"


def build_flow(url: str) -> dict[str, Any]:
    """``url``: the site's public address, without a slash at the end. The same for the same code."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "start_speaker": "agent",
            "start_node_id": asking.START,
            "model_config": {"type": "cascading", "primary": {"model": MODEL}, "temperature": 0},
            "global_prompt": prompts.GLOBAL,
            "default_dynamic_variables": dict(default_variables()),
            "tools": [tool.as_published(url) for tool in TOOLS],
            "nodes": [*asking.nodes(), *booking.nodes(), *changing.nodes()],
        }


def default_variables() -> Mapping[str, str]:
    """Every variable that anything in the flow mentions, for as long as nobody has set it (A19, A24).

    Those about the caller come with the inbound webhook, from the same function as its answer.
    """
    about_caller = dict.fromkeys(greetings.variables(now=datetime.fromtimestamp(0, tz=UTC)), "")
    about_caller |= {"greeting": spoken.greeting(), "customer_known": "false"}
    answers = dict.fromkeys(answered_variables(), "")
    return {**about_caller, **extracted_defaults(), **answers}
