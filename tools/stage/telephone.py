"""The voice platform's side of a call: a signed function call, as often as it is delivered."""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from calls.signature import HEADER, sign
from tools.stage.environment import RETELL_KEY
from tools.stage.wire import NoAnswer, Wire

FUNCTIONS = "/retell/functions/"


@dataclass
class Line:
    """One call. ``caller`` None: the number is withheld."""

    wire: Wire
    number: str
    caller: str | None
    call_id: str = field(default_factory=lambda: f"call_{secrets.token_hex(14)[:27]}")

    def message(self, function: str, args: dict[str, Any], tool_call_id: str) -> bytes:
        said = [{"role": "tool_call_invocation", "tool_call_id": tool_call_id, "name": function}]
        call = {
            "call_id": self.call_id,
            "direction": "inbound",
            "from_number": self.caller or "anonymous",
            "to_number": self.number,
            "transcript_with_tool_calls": said,
        }
        return json.dumps({"name": function, "args": args, "call": call}).encode()

    def deliver(self, raw: bytes) -> dict[str, Any]:
        """Once. Raises ``NoAnswer``."""
        headers = {
            "Content-Type": "application/json",
            HEADER: sign(raw, key=RETELL_KEY, now_ms=int(time.time() * 1000)),
        }
        answer = self.wire.send("POST", FUNCTIONS, data=raw, headers=headers)
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise NoAnswer(f"HTTP {answer.status}")
        return answer.body

    def ask(self, function: str, **args: Any) -> dict[str, Any]:
        """Delivered once. Raises ``NoAnswer``."""
        return self.deliver(self.message(function, args, new_tool_call_id()))


def new_tool_call_id() -> str:
    return f"tool_{secrets.token_hex(8)}"
