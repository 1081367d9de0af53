"""What is said in a played call, in the platform's form, for the message that the call has ended."""

from typing import Any

# A line takes about as long; the platform gives a time for each word.
SECONDS_A_LINE = 2.0


class Talk:
    """One call's lines and tool calls, in their order; seconds since the script's beginning."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def said(self, role: str, text: str, second: float) -> None:
        words = [{"word": text, "start": second, "end": second + SECONDS_A_LINE}]
        self.entries.append({"role": role, "content": text, "words": words})

    def asked(self, function: str, tool_call_id: str) -> None:
        invocation = {"role": "tool_call_invocation", "name": function, "tool_call_id": tool_call_id}
        self.entries.append(invocation)

    def answered(self, tool_call_id: str, message: str, second: float) -> None:
        """The answer came, and the agent says what it says."""
        self.entries.append({"role": "tool_call_result", "tool_call_id": tool_call_id, "successful": True})
        self.said("agent", message, second)
