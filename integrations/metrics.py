"""What Prometheus is told of what happens in this process. ``docs/metrics.md`` says what each means.

Labels are few and known beforehand: nothing of a person, no id, no address with one in it.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

registry = CollectorRegistry()

# From a cached answer to the longest that is waited for one.
REQUEST_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20)
# Cal.com's own cache keeps two seconds, ours 75; more than 120 is an alarm.
AGE_SECONDS = (1, 2, 5, 10, 20, 30, 45, 60, 75, 90, 120)

calcom_api_duration = Histogram(
    "calcom_api_duration_seconds",
    "Requests to Cal.com, from sending to the whole answer.",
    ["endpoint", "method", "success"],
    buckets=REQUEST_SECONDS,
    registry=registry,
)
slot_cache = Counter(
    "calendar_slot_cache_total",
    "Days of an event type that were looked up for an offer.",
    ["result"],
    registry=registry,
)
validation_age = Histogram(
    "cache_validation_age_seconds",
    "Age of the remembered slots that an offer was held against.",
    buckets=AGE_SECONDS,
    registry=registry,
)
race_conditions = Counter(
    "race_condition_detected_total",
    "Refusals of a time that the same call had been told is free.",
    ["service"],
    registry=registry,
)
call_events = Counter(
    "call_events_total",
    "Messages of the voice platform about calls, and calls of its list that were new to us.",
    ["event", "outcome"],
    registry=registry,
)
claims_contradicted = Counter(
    "call_claims_contradicted_total",
    "Lines of the voice agent that no function had answered so.",
    ["kind"],
    registry=registry,
)

# There from the start: a rate needs something to have risen from.
for _result in ("hit", "miss"):
    slot_cache.labels(result=_result)
