"""How long answers take and what they say, for Prometheus."""

from appointments.models import Service
from appointments.rules.phases import Plan
from calls.functions.registry import FUNCTIONS, find
from calls.models import ClaimKind
from calls.reply import STATUSES, SUCCESSFUL, Reply
from integrations import metrics

NO_FUNCTION = "unknown"
ALARMING = ("error", "unknown_function", "unknown_number")
BOOKED = frozenset({"booked", "provisional"})


def begin() -> None:
    """What raises an alarm when it first happens is there before: a rise needs something to rise from."""
    for name in sorted({function.name for function in FUNCTIONS.values()} | {NO_FUNCTION}):
        for status in ALARMING:
            metrics.function_replies.labels(function=name, status=status)
    for outcome in ("failed", "nobodys"):
        metrics.call_events.labels(event="call_ended", outcome=outcome)
    for kind in ClaimKind.values:
        metrics.claims_contradicted.labels(kind=kind)


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
    name = metrics.service_label(service.name)
    segment = "compound" if len(plan.runs()) > 1 else "single"
    # Both and the races from the first attempt on: see begin().
    metrics.race_conditions.labels(service=name)
    failed, succeeded = (
        metrics.booking_latency.labels(service=name, segment=segment, success=success)
        for success in ("false", "true")
    )
    (succeeded if reply.status in BOOKED else failed).observe(seconds)


def note_race(service: Service) -> None:
    metrics.race_conditions.labels(service=metrics.service_label(service.name)).inc()
