"""What is wrong with a flow, and in what a live one differs from ours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calls.flow.tools import TOOLS

_VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
# The platform's own, always set.
_SYSTEM = re.compile(r"current_(time|calendar)_[A-Za-z]+/[A-Za-z_]+")


def problems(flow: Mapping[str, Any]) -> list[str]:
    """One line each; none if callers can be sent through it."""
    return [*_wrong_ids(flow), *_wrong_edges(flow), *_unreachable(flow), *_unanswered(flow), *_unset(flow)]


def edges_of(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All edges, the else edge last."""
    last = [node["else_edge"]] if "else_edge" in node else []
    return [*node.get("edges", []), *last]


def variables_in(text: str) -> set[str]:
    return {name for name in _VARIABLE.findall(text) if not _SYSTEM.fullmatch(name)}


def _wrong_ids(flow: Mapping[str, Any]) -> Iterator[str]:
    nodes, tools = flow["nodes"], flow["tools"]
    edges = [edge for node in nodes for edge in edges_of(node)]
    for kind, ids in (
        ("node", [each["id"] for each in nodes]),
        ("tool", [each["tool_id"] for each in tools]),
        ("tool name", [each["name"] for each in tools]),
        ("edge", [each["id"] for each in edges]),
    ):
        for twice in sorted({each for each in ids if ids.count(each) > 1}):
            yield f"{kind} {twice} is there twice"


def _wrong_edges(flow: Mapping[str, Any]) -> Iterator[str]:
    nodes = {each["id"]: each for each in flow["nodes"]}
    tools = {each["tool_id"] for each in flow["tools"]}
    for name, node in nodes.items():
        for edge in edges_of(node):
            if edge["destination_node_id"] not in nodes:
                yield f"edge {edge['id']} leads to {edge['destination_node_id']}, which does not exist"
        if node["type"] == "function" and node["tool_id"] not in tools:
            yield f"node {name} calls {node['tool_id']}, which does not exist"
        if node["type"] in ("function", "branch", "extract_dynamic_variables") and "else_edge" not in node:
            yield f"node {name} has no else edge"
        if node["type"] != "end" and not edges_of(node):
            yield f"node {name} is a dead end"


def _unreachable(flow: Mapping[str, Any]) -> Iterator[str]:
    nodes = {each["id"]: each for each in flow["nodes"]}
    reached: set[str] = set()
    waiting = [flow["start_node_id"]]
    while waiting:
        node = waiting.pop()
        if node in reached or node not in nodes:
            continue
        reached.add(node)
        waiting += [edge["destination_node_id"] for edge in edges_of(nodes[node])]
    for node in sorted(nodes.keys() - reached):
        yield f"node {node} cannot be reached"
    called = {each.get("tool_id") for name, each in nodes.items() if name in reached}
    for tool in flow["tools"]:
        if tool["tool_id"] not in called:
            yield f"tool {tool['tool_id']} is called nowhere"


def _unanswered(flow: Mapping[str, Any]) -> Iterator[str]:
    """Statuses of a function for which no edge decides; an error is what the else edge is for."""
    tools = {each.name: each for each in TOOLS}
    for node in flow["nodes"]:
        tool = tools.get(node.get("tool_id", ""))
        if tool is None:
            continue
        decided = {
            equation["right"]
            for edge in node["edges"]
            for equation in edge["transition_condition"]["equations"]
            if equation["left"] == f"{{{{{tool.status}}}}}"
        }
        yield from (
            f"node {node['id']} has no edge for {each}" for each in _own(tool.statuses) if each not in decided
        )
        yield from (
            f"node {node['id']} has an edge for {each}, which {tool.function} never answers"
            for each in sorted(decided - set(tool.statuses))
        )


def _own(statuses: Sequence[str]) -> list[str]:
    """Without those that any function may answer."""
    return [
        each
        for each in statuses
        if each not in ("needs_clarification", "unknown_function", "unknown_number", "error")
    ]


def _unset(flow: Mapping[str, Any]) -> Iterator[str]:
    """Variables that would be spoken with their braces (incidents A19, A24)."""
    used = variables_in(flow["global_prompt"])
    for part in (*flow["nodes"], *flow["tools"]):
        used |= variables_in(repr(part))
    for name in sorted(used - flow["default_dynamic_variables"].keys()):
        yield f"variable {name} is not set"


def differences(sent: Any, live: Any, *, where: str = "") -> list[str]:
    """In what ``live`` is not what was sent. What the platform adds of its own is no difference."""
    if isinstance(sent, dict):
        if not isinstance(live, dict):
            return [f"{where or 'all of it'} is missing"]
        return [
            line
            for key, value in sent.items()
            for line in differences(value, live.get(key), where=f"{where}.{key}" if where else key)
        ]
    if isinstance(sent, list):
        return _differences_in_list(sent, live, where)
    return [] if sent == live else [f"{where} is {_short(live)}, not {_short(sent)}"]


def _differences_in_list(sent: list[Any], live: Any, where: str) -> list[str]:
    if not isinstance(live, list) or len(live) != len(sent):
        found = len(live) if isinstance(live, list) else 0
        return [f"{where} has {found} entries, not {len(sent)}"]
    return [
        line
        for number, (ours, theirs) in enumerate(zip(sent, live, strict=True))
        for line in differences(ours, theirs, where=f"{where}[{_named(ours, number)}]")
    ]


def _named(entry: Any, number: int) -> str:
    if isinstance(entry, dict):
        return str(entry.get("id") or entry.get("name") or number)
    return str(number)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
