"""The phone's addresses as an OpenAPI document, from ``calls.functions.definitions``."""

from typing import Any

from calls.functions.definitions import ANYWHERE, ARGUMENTS, DEFINITIONS
from calls.functions.registry import FUNCTIONS

LONGEST_MESSAGE = 2000
ANY = {"type": ["string", "number", "boolean", "null", "array", "object"]}
# What people say there, so that more than questions come back. A model writes anything else as well.
SAID = {
    "datum": ["morgen", "übermorgen", "nächsten Dienstag", "24.12.", "2026-12-21", "heute", "in acht Tagen"],
    "uhrzeit": ["10:00", "Viertel vor elf", "nachmittags", "halb drei", "egal", "14 Uhr 30"],
    "dienstleistung": ["Herrenhaarschnitt", "Dauerwelle", "Färben", "Waschen", "Damenhaarschnitt"],
    "mitarbeiter": ["Emma", "Frau Keller", "Jonas Brandt", "egal"],
    "name": ["Jana Probst", "Müller mit Doppel-L", "O'Neill"],
    "telefon": ["030 900 101 22", "null drei null neun"],
    "position": ["1", "2", "3"],
    "bestaetigung": ["true", "false"],
}


def document(*, number: str, caller: str) -> dict[str, Any]:
    """``number``: a salon's; ``caller``: somebody it knows."""
    paths = {
        f"/retell/functions/{name}/": _post(_function_body(name, number, caller), _reply_of(name))
        for function in FUNCTIONS.values()
        for name in (function.name, *function.aliases)
    }
    call = _call(number, caller)
    events = {"type": "object", "properties": {"event": _event(), "call": call}, "required": ["event"]}
    ringing = {"type": "object", "properties": {"call_inbound": call}, "required": ["call_inbound"]}
    greeting = {"type": "object", "required": ["call_inbound"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Terminfest, telephone", "version": "1"},
        "paths": {
            **paths,
            "/retell/webhook/": _post(events, None, status="204"),
            "/retell/inbound/": _post(ringing, greeting),
        },
    }


def _post(body: dict[str, Any], answer: dict[str, Any] | None, *, status: str = "200") -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": answer}}} if answer else {}
    answers = {status: {"description": "answered", **content}, "400": {"description": "no JSON"}}
    return {
        "post": {
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": answers,
        }
    }


def _function_body(name: str, number: str, caller: str) -> dict[str, Any]:
    definition = DEFINITIONS[_canonical(name)]
    names = {
        alias: argument
        for argument in definition.arguments
        for alias in (argument, *ARGUMENTS[argument].aliases[:1])
    }
    arguments = {
        "type": "object",
        "properties": {alias: _argument(argument) for alias, argument in names.items()},
    }
    return {
        "type": "object",
        "properties": {"name": {"type": "string"}, "args": arguments, "call": _call(number, caller)},
        "required": ["args", "call"],
    }


def _canonical(name: str) -> str:
    return next(each.name for each in FUNCTIONS.values() if name in (each.name, *each.aliases))


def _argument(name: str) -> dict[str, Any]:
    said = SAID.get(name)
    return {"anyOf": [{"enum": said}, ANY]} if said else ANY


def _call(number: str, caller: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "call_id": {"enum": ["call_1", "call_2", "call_3"]},
            "to_number": {"const": number},
            "from_number": {"enum": [caller, "+4915000000009", "anonymous"]},
            "direction": {"enum": ["inbound", "outbound"]},
            "start_timestamp": {"type": "integer"},
            "transcript_with_tool_calls": {"type": "array", "items": {"type": "object"}, "maxItems": 3},
            "call_analysis": {"type": "object"},
            "call_cost": {"type": "object"},
        },
        "required": ["call_id", "to_number"],
    }


def _event() -> dict[str, Any]:
    return {"anyOf": [{"enum": ["call_started", "call_ended", "call_analyzed"]}, {"type": "string"}]}


def _reply_of(name: str) -> dict[str, Any]:
    """``contract.md`` §3: a status that is documented, and a sentence that can be spoken."""
    statuses = [*DEFINITIONS[_canonical(name)].statuses, *ANYWHERE]
    return {
        "type": "object",
        "properties": {
            "success": {"type": "boolean"},
            "status": {"enum": statuses},
            "message": {
                "type": "string",
                "minLength": 2,
                "maxLength": LONGEST_MESSAGE,
                "pattern": r"^[^{}\[\]<>]+[.?]$",
            },
        },
        "required": ["success", "status", "message"],
    }
