"""Follows the conversation flow node by node, as the voice platform does with a model in its place.

Pure apart from the two things it is given: ``ask`` calls a function, ``listener`` understands the caller.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from calls.flow.checking import edges_of

Reply = Mapping[str, Any]
_VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
# A flow that goes on for longer without a word of the caller is broken.
LONGEST_RUN = 20


class Lost(Exception):
    """The flow goes round without waiting for the caller, or leads nowhere."""


@dataclass(frozen=True, slots=True)
class Said:
    text: str


@dataclass(frozen=True, slots=True)
class Did:
    function: str
    args: Mapping[str, str]
    reply: Reply
    milliseconds: int


Event = Said | Did


@dataclass(slots=True)
class State:
    """Where a conversation stands; plain values, so that a session can keep it."""

    node: str
    variables: dict[str, str]
    heard: list[str] = field(default_factory=list)
    ended: bool = False


class Listener(Protocol):
    def choose(self, node: Mapping[str, Any], state: State) -> str | None:
        """To which node the caller's last words lead; None if they were not understood."""

    def extract(self, variable: Mapping[str, Any], state: State) -> str | None:
        """The value in the caller's words; None keeps the one from before."""

    def say(self, node: Mapping[str, Any], state: State) -> str:
        """The words for a node where the model would find its own."""

    def pardon(self, node: Mapping[str, Any], state: State) -> str:
        """What is said to words that were not understood."""


class Follower:
    """``flow`` as :func:`calls.flow.build_flow` makes it. ``ask(function, args)`` gives the reply."""

    def __init__(
        self, flow: Mapping[str, Any], *, ask: Callable[[str, Mapping[str, str]], Reply], listener: Listener
    ) -> None:
        self.flow = flow
        self.nodes: dict[str, Mapping[str, Any]] = {each["id"]: each for each in flow["nodes"]}
        self.tools: dict[str, Mapping[str, Any]] = {each["tool_id"]: each for each in flow["tools"]}
        self.ask = ask
        self.listener = listener

    def begin(self, variables: Mapping[str, str]) -> tuple[State, list[Event]]:
        """``variables``: what the inbound webhook has said about the caller."""
        state = State(self.flow["start_node_id"], {**self.flow["default_dynamic_variables"], **variables})
        return state, list(self._run(state))

    def hear(self, state: State, words: str) -> list[Event]:
        """What the caller's words lead to; ``state`` moves on. Raises ``Lost``."""
        state.heard.append(words)
        destination = self.listener.choose(self.nodes[state.node], state)
        if destination is None:
            node = self.nodes[state.node]
            prompted = node["instruction"]["type"] == "prompt"
            answer = self.listener.say if prompted else self.listener.pardon
            return [Said(answer(node, state))]
        state.node = destination
        return list(self._run(state))

    def _run(self, state: State) -> Iterator[Event]:
        """Until the caller has to speak, or the call is over."""
        for _step in range(LONGEST_RUN):
            node = self.nodes[state.node]
            if node["type"] in ("conversation", "end"):
                yield Said(self._spoken(node, state))
                state.ended = node["type"] == "end"
                return
            if node["type"] == "function":
                yield self._call(self.tools[node["tool_id"]], state)
            for variable in node.get("variables", ()):
                value = self.listener.extract(variable, state)
                if value is not None:
                    state.variables[variable["name"]] = value
            state.node = self._next(node, state)
        raise Lost(state.node)

    def _spoken(self, node: Mapping[str, Any], state: State) -> str:
        if node["instruction"]["type"] == "static_text":
            return _filled(node["instruction"]["text"], state.variables)
        return self.listener.say(node, state)

    def _call(self, tool: Mapping[str, Any], state: State) -> Did:
        function = tool["url"].rstrip("/").rpartition("/")[2]
        fixed = tool["parameters"]["properties"]
        args = {name: _filled(schema["const"], state.variables) for name, schema in fixed.items()}
        started = monotonic()
        reply = self.ask(function, args)
        for variable, path in tool["response_variables"].items():
            if reply.get(path) is not None:
                state.variables[variable] = str(reply[path])
        return Did(function, args, reply, round((monotonic() - started) * 1000))

    def _next(self, node: Mapping[str, Any], state: State) -> str:
        """The first edge whose equations hold, else the else edge."""
        *conditional, otherwise = edges_of(node)
        for edge in conditional:
            if _holds(edge["transition_condition"]["equations"], state.variables):
                return str(edge["destination_node_id"])
        return str(otherwise["destination_node_id"])


def _holds(equations: Sequence[Mapping[str, str]], variables: Mapping[str, str]) -> bool:
    return all(_filled(each["left"], variables) == each["right"] for each in equations)


def _filled(text: str, variables: Mapping[str, str]) -> str:
    """With the values of all variables that are set; as on the platform, another one stays as it is."""
    return _VARIABLE.sub(lambda match: variables.get(match[1], match[0]), text)
