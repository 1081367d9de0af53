"""How long Cal.com takes, for Prometheus."""

from integrations import metrics
from integrations.calcom.errors import Trouble
from integrations.calcom.transport import Answer, Silence

# All that our paths consist of; any other part is an id, and no label.
WORDS = frozenset(
    {"v2", "slots", "reservations", "bookings", "reschedule", "cancel", "me", "event-types"}
    | {"teams", "memberships", "webhooks"}
)


def note(method: str, path: str, result: Answer | Silence, seconds: float) -> None:
    """A success is a 2xx; a refusal or a silence is none. What was never begun is not counted."""
    if isinstance(result, Silence) and result.trouble is Trouble.DEADLINE:
        return
    is_success = isinstance(result, Answer) and 200 <= result.status < 300
    labels = {"endpoint": endpoint_of(path), "method": method, "success": metrics.yes_or_no(is_success)}
    metrics.calcom_api_duration.labels(**labels).observe(seconds)


def endpoint_of(path: str) -> str:
    """``/v2/bookings/{id}/cancel``."""
    return "/".join(part if not part or part in WORDS else "{id}" for part in path.split("/"))
