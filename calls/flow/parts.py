"""The pieces of a conversation flow, in the voice platform's form (``retell.md`` §4; retell-sdk 6.2.13,
``ConversationFlowCreateParams``; the tests hold every flow against that type).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from calls.flow.tools import Tool
from calls.flow.variables import Variable

Node = dict[str, Any]
Edge = dict[str, Any]
# What the caller must have said, and where that leads.
Answer = tuple[str, str]


def says(node: str, text: str, answers: Sequence[Answer]) -> Node:
    """Speaks ``text`` as it is, and waits for an answer. Nothing of it is left to the model."""
    return _conversation(node, {"type": "static_text", "text": text}, answers)


def asks(node: str, prompt: str, answers: Sequence[Answer], *, hints: Sequence[str] = ()) -> Node:
    """The model finds the words. ``hints``: what the recogniser may expect to hear."""
    made = _conversation(node, {"type": "prompt", "text": prompt}, answers)
    return {**made, "boosted_keywords": list(hints)} if hints else made


def _conversation(node: str, instruction: Mapping[str, str], answers: Sequence[Answer]) -> Node:
    edges = [
        _edge(node, number, destination, {"type": "prompt", "prompt": condition})
        for number, (condition, destination) in enumerate(answers, start=1)
    ]
    return {
        "id": node,
        "name": node,
        "type": "conversation",
        "instruction": dict(instruction),
        "edges": edges,
    }


def does(node: str, tool: Tool, outcomes: Mapping[str, str], *, otherwise: str) -> Node:
    """Calls ``tool`` on entry. ``outcomes``: where each status leads; every other one, and no answer at
    all, leads to ``otherwise``, which must claim nothing.
    """
    return {
        "id": node,
        "name": node,
        "type": "function",
        "tool_id": tool.name,
        "tool_type": "local",
        "wait_for_result": True,
        "speak_during_execution": tool.takes_a_while,
        "edges": [
            _edge(node, number, destination, _equals({tool.status: status}))
            for number, (status, destination) in enumerate(outcomes.items(), start=1)
        ],
        "else_edge": _else(node, otherwise),
    }


def takes(
    node: str,
    variables: Sequence[Variable],
    then: str,
    *,
    unless: Sequence[tuple[Mapping[str, str], str]] = (),
) -> Node:
    """Writes down what the caller has said. ``unless``: values that lead elsewhere."""
    return {
        "id": node,
        "name": node,
        "type": "extract_dynamic_variables",
        "variables": [each.as_extracted() for each in variables],
        **_by_values(node, unless, then),
    }


def decides(node: str, cases: Sequence[tuple[Mapping[str, str], str]], *, otherwise: str) -> Node:
    return {"id": node, "name": node, "type": "branch", **_by_values(node, cases, otherwise)}


def ends(node: str, text: str) -> Node:
    return {
        "id": node,
        "name": node,
        "type": "end",
        "instruction": {"type": "static_text", "text": text},
        "speak_during_execution": True,
    }


def _by_values(node: str, cases: Sequence[tuple[Mapping[str, str], str]], otherwise: str) -> dict[str, Any]:
    edges = [
        _edge(node, number, destination, _equals(values))
        for number, (values, destination) in enumerate(cases, start=1)
    ]
    return {"edges": edges, "else_edge": _else(node, otherwise)}


def _equals(values: Mapping[str, str]) -> dict[str, Any]:
    """All variables have these values."""
    return {
        "type": "equation",
        "operator": "&&",
        "equations": [
            {"left": f"{{{{{name}}}}}", "operator": "==", "right": value} for name, value in values.items()
        ],
    }


def _edge(node: str, number: int, destination: str, condition: Mapping[str, Any]) -> Edge:
    return {
        "id": f"{node}-{number}",
        "destination_node_id": destination,
        "transition_condition": dict(condition),
    }


def _else(node: str, destination: str) -> Edge:
    return {
        "id": f"{node}-else",
        "destination_node_id": destination,
        "transition_condition": {"type": "prompt", "prompt": "Else"},
    }
