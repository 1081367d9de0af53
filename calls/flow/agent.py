"""How the agent and the telephone number at the voice platform have to be set up."""

from typing import Any

from django.urls import reverse

NAME = "Terminfest"
# Nobody makes an appointment for a quarter of an hour; a call that hangs costs money (incident J26).
LONGEST_CALL_MS = 15 * 60 * 1000
SILENCE_MS = 30_000
# Of the webhook: we answer as soon as the message is stored.
WEBHOOK_TIMEOUT_MS = 10_000


def agent_settings(url: str, flow_id: str) -> dict[str, Any]:
    """``POST /create-agent`` without the voice, which is the salon's choice (``AgentCreateParams``).

    The zone is not the default, Los Angeles: the platform's own date and time are said in it.
    """
    return {
        "agent_name": NAME,
        "response_engine": {"type": "conversation-flow", "conversation_flow_id": flow_id},
        "language": "de-DE",
        "timezone": "Europe/Berlin",
        "webhook_url": f"{url}{reverse('retell-webhook')}",
        "webhook_events": ["call_started", "call_ended", "call_analyzed"],
        "webhook_timeout_ms": WEBHOOK_TIMEOUT_MS,
        "max_call_duration_ms": LONGEST_CALL_MS,
        "end_call_after_silence_ms": SILENCE_MS,
        "stt_mode": "accurate",
        "enable_backchannel": False,
    }


def number_settings(url: str, agent_id: str) -> dict[str, Any]:
    """``PATCH /update-phone-number/{number}``: who answers, and where is asked who is calling (J11)."""
    return {
        "inbound_webhook_url": f"{url}{reverse('retell-inbound')}",
        "inbound_agents": [{"agent_id": agent_id, "agent_version": "latest_published", "weight": 1}],
    }
