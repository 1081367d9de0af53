"""A call that is typed: follows the conversation flow, asks the real endpoints, and keeps what it did."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from calls.flow import build_flow
from calls.models.call import TEST_AGENT
from calls.simulator.following import Did, Event, Follower, Said, State
from calls.simulator.line import Line
from calls.simulator.listening import RuleListener

# The tools' addresses are not used here: a line knows where its server is.
NOWHERE = "https://terminfest.example"


@dataclass(slots=True)
class Turn:
    """What the caller typed (empty at the beginning), and all that followed."""

    heard: str
    events: Sequence[Event]


@dataclass(slots=True)
class TypedCall:
    """``number`` is the salon's, ``caller`` a fictional one, both E.164; empty: hidden."""

    line: Line
    number: str
    caller: str
    call_id: str
    state: State | None = None
    turns: list[Turn] = field(default_factory=list)

    def begin(self) -> Turn:
        """It rings, and the agent greets. Raises ``Unreachable``."""
        parties = {"from_number": self._from, "to_number": self.number, "call_id": self.call_id}
        told = self.line.post("/retell/inbound/", {"event": "call_inbound", "call_inbound": parties})
        variables = told.get("call_inbound", {}).get("dynamic_variables", {})
        self.state, events = self._follower().begin(variables)
        return self._turn("", events)

    def hear(self, words: str) -> Turn:
        """Raises ``Unreachable``, or ``Lost`` for a broken flow."""
        if self.state is None:
            self.begin()
        state = self.state
        assert state is not None  # noqa: S101 - begin() has just made it
        return self._turn(words, self._follower().hear(state, words))

    def hang_up(self, *, now: datetime) -> None:
        """Lets the server know that the call is over, and what was said. Raises ``Unreachable``."""
        spoken = [{"role": role, "content": text} for turn in self.turns for role, text in _utterances(turn)]
        call = {**self._call(), "transcript_object": spoken, "disconnection_reason": "user_hangup"}
        call["end_timestamp"] = int(now.timestamp() * 1000)
        self.line.post("/retell/webhook/", {"event": "call_ended", "call": call})

    def _turn(self, heard: str, events: Sequence[Event]) -> Turn:
        turn = Turn(heard, events)
        self.turns.append(turn)
        return turn

    def _follower(self) -> Follower:
        return Follower(build_flow(NOWHERE), ask=self._ask, listener=RuleListener())

    def _ask(self, function: str, args: Mapping[str, str]) -> Mapping[str, Any]:
        body = {"name": function, "args": dict(args), "call": self._call()}
        return self.line.post(f"/retell/functions/{function}/", body)

    def _call(self) -> dict[str, Any]:
        return {
            "call_id": self.call_id,
            "call_type": "phone_call",
            "direction": "inbound",
            "agent_id": TEST_AGENT,
            "from_number": self._from,
            "to_number": self.number,
        }

    @property
    def _from(self) -> str:
        return self.caller or "anonymous"

    def as_session(self) -> dict[str, Any]:
        """Plain values, for a session; :func:`from_session` is the way back."""
        return {
            "number": self.number,
            "caller": self.caller,
            "call_id": self.call_id,
            "state": asdict(self.state) if self.state else None,
            "turns": [
                {"heard": each.heard, "events": [_plain(event) for event in each.events]}
                for each in self.turns
            ],
        }


def from_session(kept: Mapping[str, Any], *, line: Line) -> TypedCall:
    return TypedCall(
        line,
        kept["number"],
        kept["caller"],
        kept["call_id"],
        State(**kept["state"]) if kept["state"] else None,
        [Turn(each["heard"], [_event(event) for event in each["events"]]) for each in kept["turns"]],
    )


def new_test_call(line: Line, *, number: str, caller: str) -> TypedCall:
    """A call id as the platform makes them."""
    return TypedCall(line, number, caller, f"call_{secrets.token_hex(14)[:27]}")


def _utterances(turn: Turn) -> list[tuple[str, str]]:
    heard = [("user", turn.heard)] if turn.heard else []
    return heard + [("agent", each.text) for each in turn.events if isinstance(each, Said)]


def _plain(event: Event) -> dict[str, Any]:
    return {"text": event.text} if isinstance(event, Said) else asdict(event)


def _event(plain: Mapping[str, Any]) -> Event:
    return Said(plain["text"]) if "text" in plain else Did(**plain)
