"""A function call as it arrives, in whatever shape, as one typed object."""

import json
import re
from dataclasses import dataclass
from typing import Any

from appointments.phones import normalize_phone

_VERSION = re.compile(r"_v\d+$")


@dataclass(frozen=True, slots=True)
class Envelope:
    """``name`` without a version suffix, ``args`` always a dictionary, numbers E.164 or None.

    ``call_id`` comes from the call object alone; what the model writes into the arguments is noise
    (incidents G6-G11). ``salon_number`` is the salon's side of the call, ``caller`` the other.
    """

    name: str
    args: dict[str, Any]
    call_id: str
    agent_id: str
    salon_number: str | None
    caller: str | None
    is_outbound: bool
    tool_call_id: str


def parse_body(raw: bytes) -> Any:
    """The JSON value of a body. Raises ``ValueError`` for what cannot be read, however deep it nests."""
    try:
        return json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def read_envelope(body: Any, *, name: str = "") -> Envelope:
    """``name`` is the function of the URL, if it names one. Never raises: gaps become empty."""
    message = _dictionary(body)
    call = _dictionary(message.get("call"))
    outbound = call.get("direction") == "outbound"
    ours, theirs = ("from_number", "to_number") if outbound else ("to_number", "from_number")
    asked = name or _text(message.get("name") or message.get("function_name"))
    return Envelope(
        name=_VERSION.sub("", asked.strip().casefold()),
        args=_arguments(message),
        call_id=_text(call.get("call_id")),
        agent_id=_text(call.get("agent_id")),
        salon_number=normalize_phone(_text(call.get(ours))),
        caller=normalize_phone(_text(call.get(theirs))),
        is_outbound=outbound,
        tool_call_id=_tool_call_id(call),
    )


def _arguments(message: dict[str, Any]) -> dict[str, Any]:
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


def _tool_call_id(call: dict[str, Any]) -> str:
    """The invocation that is running: the last one in the transcript."""
    transcript = call.get("transcript_with_tool_calls")
    entries = transcript if isinstance(transcript, list) else []
    for entry in reversed(entries):
        if isinstance(entry, dict) and entry.get("role") == "tool_call_invocation":
            return _text(entry.get("tool_call_id"))
    return ""


def _dictionary(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """At most 100 storable characters."""
    return storable(value)[:100] if isinstance(value, str) else ""


def storable(text: str) -> str:
    """Without NUL and halves of surrogate pairs: JSON can say them, PostgreSQL cannot store them."""
    return text.replace("\x00", "").encode(errors="ignore").decode()
