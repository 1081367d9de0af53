"""What a function answers: a status for the flow, a sentence for the caller."""

from dataclasses import dataclass, field
from typing import Any

SUCCESSFUL = frozenset(
    {
        "available",
        "found",
        "none",
        "valid",
        "booked",
        "already_booked",
        "existing",
        "provisional",
        "rescheduled",
        "ready_for_confirmation",
        "cancelled",
        "callback_queued",
        "known",
        "unknown",
        "released",
    }
)
STATUSES = SUCCESSFUL | {
    "unavailable",
    "needs_clarification",
    "not_offered",
    "lost",
    "slot_taken",
    "needs_name",
    "several",
    "denied",
    "not_identified",
    "refused",
    "unknown_function",
    "unknown_number",
    "error",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """``message`` is one or two finished German sentences; ``fields`` are JSON values."""

    status: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "success": self.status in SUCCESSFUL,
            "status": self.status,
            "message": self.message,
            **self.fields,
        }
