"""Messages of the voice platform about a call, in the shape of its documentation; people are fictional."""

import copy
import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from calls.events.processing import process_due
from calls.models import CallEvent
from tests.calls.phone import Phone, send
from tests.salons import NOW

WEBHOOK = "/retell/webhook/"
DURATION = timedelta(seconds=83)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def said(role: str, content: str, start: float = 0.0) -> dict[str, Any]:
    """A line, with a time for each of its words."""
    words = [
        {"word": f"{each} ", "start": start + number * 0.25, "end": start + number * 0.25 + 0.2}
        for number, each in enumerate(content.split())
    ]
    return {"role": role, "content": content, "words": words, "metadata": {"response_id": 1}}


def asked(name: str, tool_call_id: str, status: str = "available") -> list[dict[str, Any]]:
    """A function as the transcript shows it."""
    return [
        {
            "role": "tool_call_invocation",
            "tool_call_id": tool_call_id,
            "name": name,
            "arguments": json.dumps({"datum": "Montag"}),
        },
        {
            "role": "tool_call_result",
            "tool_call_id": tool_call_id,
            "content": json.dumps({"status": status}),
            "successful": True,
        },
    ]


TALK = [
    said("agent", "Guten Tag. Was kann ich für Sie tun?", 0.0),
    said("user", "Ich hätte gern einen Termin zum Haareschneiden.", 3.0),
    said("agent", "Gern. Wann möchten Sie kommen?", 7.0),
]


def started(phone: Phone, *, at: datetime = NOW) -> dict[str, Any]:
    call = {
        **phone.call(),
        "call_type": "phone_call",
        "agent_version": 3,
        "agent_name": "Empfang",
        "call_status": "ongoing",
        "start_timestamp": milliseconds(at),
        "metadata": {},
        "retell_llm_dynamic_variables": {"customer_first_name": "Jana"},
        "telephony_identifier": {"twilio_call_sid": "CA5d0d0d8047bf685c3f0ff980fe62c123"},
        "opt_in_signed_url": False,
    }
    return {"event": "call_started", "call": call}


def ended(
    phone: Phone, *, at: datetime = NOW, talk: list[dict[str, Any]] | None = None, **facts: Any
) -> dict[str, Any]:
    talk = TALK if talk is None else talk
    spoken = [each for each in talk if each["role"] in {"agent", "user"}]
    call = {
        **started(phone, at=at)["call"],
        "call_status": "ended",
        "end_timestamp": milliseconds(at + DURATION),
        "duration_ms": 83_000,
        "disconnection_reason": "user_hangup",
        "transcript": "\n".join(f"{each['role'].title()}: {each['content']}" for each in spoken),
        "transcript_object": spoken,
        "transcript_with_tool_calls": talk,
        "recording_url": "https://recordings.example/call_1/recording.wav",
        "public_log_url": "https://recordings.example/call_1/public.log",
        "call_cost": {
            "product_costs": [{"product": "elevenlabs_tts", "unit_price": 0.1, "cost": 9.7}],
            "total_duration_seconds": 83,
            "total_duration_unit_price": 0.17,
            "combined_cost": 14.2,
        },
        **facts,
    }
    return {"event": "call_ended", "call": call}


def analyzed(phone: Phone, *, at: datetime = NOW, **facts: Any) -> dict[str, Any]:
    call = {
        **ended(phone, at=at)["call"],
        "call_analysis": {
            "call_summary": "Die Anruferin fragt nach einem Termin und legt auf.",
            "in_voicemail": False,
            "user_sentiment": "Neutral",
            "call_successful": False,
            "custom_analysis_data": {"name": "Jana Probst"},
        },
        **facts,
    }
    return {"event": "call_analyzed", "call": call}


def tell(message: Any) -> HttpResponse:
    """Delivers a message; the worker has not yet seen it."""
    return send(copy.deepcopy(message), path=WEBHOOK)


def deliver(*messages: Any) -> list[str]:
    """Delivers them one after the other, each worked on at once; their outcomes."""
    outcomes = []
    for message in messages:
        assert tell(message).status_code == 204
        process_due(now=timezone.now())
        event = CallEvent.objects.get(event=message["event"], call_id=message["call"]["call_id"])
        outcomes.append(event.outcome)
    return outcomes
