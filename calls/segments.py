"""What was said in a call and when, and where in between functions were answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from calls.json_values import number, text, word

Role = Literal["agent", "user", "function"]
SPEAKERS: Mapping[str, Role] = {"agent": "agent", "user": "user", "transfer_target": "user"}
LONGEST_TEXT = 10_000
LONGEST_CALL_SECONDS = 1e6
# An hour of fast talk has some hundred.
MOST_SEGMENTS = 5_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A line of the agent or of the other side; or that a function's answer came at this place.

    Times are milliseconds since the call began, as the platform estimated them; None: unknown.
    ``text`` of a function is its name; ``tool_call_id`` is empty for spoken lines.
    """

    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    tool_call_id: str = ""

    def as_json(self) -> dict[str, Any]:
        facts = {"role": self.role, "text": self.text, "start_ms": self.start_ms, "end_ms": self.end_ms}
        return {**facts, "tool_call_id": self.tool_call_id} if self.tool_call_id else facts

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Segment":
        return cls(**stored)


def read_segments(call: Mapping[str, Any]) -> tuple[Segment, ...]:
    """Of ``transcript_with_tool_calls``, which knows the functions' places, else ``transcript_object``.

    Neither arguments nor results are taken: what was asked and answered stands in our own rows.
    """
    for key in ("transcript_with_tool_calls", "transcript_object"):
        entries = call.get(key)
        if isinstance(entries, list):
            segments = tuple(_segments([each for each in entries if isinstance(each, dict)]))[:MOST_SEGMENTS]
            if segments:
                return segments
    return ()


def _segments(entries: Sequence[Mapping[str, Any]]) -> Iterator[Segment]:
    """A function stands where its answer came; without an answer, where it was asked."""
    by_role = [(word(each.get("role")), word(each.get("tool_call_id")), each) for each in entries]
    answered = {tool for role, tool, _entry in by_role if role == "tool_call_result"}
    names = {tool: word(entry.get("name")) for role, tool, entry in by_role if role == "tool_call_invocation"}
    for role, tool, entry in by_role:
        if role in SPEAKERS:
            line = _line(SPEAKERS[role], entry)
            if line.text:
                yield line
        elif role == "tool_call_result" or (role == "tool_call_invocation" and tool not in answered):
            yield Segment("function", names.get(tool, ""), tool_call_id=tool)


def _line(role: Role, entry: Mapping[str, Any]) -> Segment:
    words = entry.get("words")
    timed = [each for each in words if isinstance(each, dict)] if isinstance(words, list) else []
    starts = [each for each in (_milliseconds(one.get("start")) for one in timed) if each is not None]
    ends = [each for each in (_milliseconds(one.get("end")) for one in timed) if each is not None]
    said = text(entry.get("content"), LONGEST_TEXT).strip()
    return Segment(role, said, min(starts, default=None), max(ends, default=None))


def _milliseconds(seconds: Any) -> int | None:
    found = number(seconds)
    return round(found * 1000) if found is not None and 0 <= found < LONGEST_CALL_SECONDS else None
