"""A function call as it arrives, in whatever shape, as one typed object."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.call_facts import CallFacts, read_parties
from calls.json_values import dictionary, word

_VERSION = re.compile(r"_v\d+$")


@dataclass(frozen=True, slots=True)
class Envelope:
    """``name`` without a version suffix, ``args`` always a dictionary.

    The ``call`` comes from the call object alone; what the model writes into the arguments is noise
    (incidents G6-G11).
    """

    name: str
    args: dict[str, Any]
    call: CallFacts
    tool_call_id: str


def parse_body(raw: bytes) -> Any:
    """The JSON value of a body. Raises ``ValueError`` for what cannot be read, however deep it nests."""
    try:
        return json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def read_envelope(body: Any, *, name: str = "") -> Envelope:
    """``name`` is the function of the URL, if it names one. Never raises: gaps become empty."""
    message = dictionary(body)
    call = dictionary(message.get("call"))
    asked = name or word(message.get("name") or message.get("function_name"))
    return Envelope(
        name=_VERSION.sub("", asked.strip().casefold()),
        args=_arguments(message),
        call=read_parties(call),
        tool_call_id=_tool_call_id(call),
    )


def _arguments(message: Mapping[str, Any]) -> dict[str, Any]:
    for key in ("args", "arguments", "parameters"):
        value = message.get(key)
        if isinstance(value, str):
            try:
                value = parse_body(value.encode())
            except ValueError:
                continue
        if isinstance(value, dict):
            return value
    return {}


def _tool_call_id(call: Mapping[str, Any]) -> str:
    """The invocation that is running: the last one in the transcript."""
    transcript = call.get("transcript_with_tool_calls")
    entries = transcript if isinstance(transcript, list) else []
    for entry in reversed(entries):
        if isinstance(entry, dict) and entry.get("role") == "tool_call_invocation":
            return word(entry.get("tool_call_id"))
    return ""
