"""How long answers take and what they say, for Prometheus."""

from appointments.models import Service
from appointments.rules.phases import Plan
from calls.functions.registry import find
from calls.reply import STATUSES, SUCCESSFUL, Reply
from integrations import metrics

NO_FUNCTION = "unknown"
BOOKED = frozenset({"booked", "provisional"})


def note_answer(name: str, status: str, seconds: float) -> None:
    """``name`` as it was asked; aliases count with what they stand for."""
    function = find(name)
    known = NO_FUNCTION if function is None else function.name
    success = metrics.yes_or_no(status in SUCCESSFUL)
    metrics.function_duration.labels(function=known, success=success).observe(seconds)
    # An answer stored by an older version may say what this one does not know.
    told = status if status in STATUSES else "other"
    metrics.function_replies.labels(function=known, status=told).inc()


def note_booking(service: Service, plan: Plan, reply: Reply, seconds: float) -> None:
    """A compound booking is one with gaps: several entries in the ledger and in the calendar."""
    metrics.booking_latency.labels(
        service=metrics.service_label(service.name),
        segment="compound" if len(plan.runs()) > 1 else "single",
        success=metrics.yes_or_no(reply.status in BOOKED),
    ).observe(seconds)


def note_race(service: Service) -> None:
    metrics.race_conditions.labels(service=metrics.service_label(service.name)).inc()
