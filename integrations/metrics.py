"""What Prometheus is told of what happens in this process. ``docs/metrics.md`` says what each means.

Labels are few and known beforehand: nothing of a person, no id, no address with one in it.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

registry = CollectorRegistry()

# From a cached answer to the longest that is waited for one.
REQUEST_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20)
# Cal.com's own cache keeps two seconds, ours 75; more than 120 is an alarm.
AGE_SECONDS = (1, 2, 5, 10, 20, 30, 45, 60, 75, 90, 120)
# Slower than 15 is an alarm.
BOOKING_SECONDS = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 11, 15, 20, 30)
# Names of services are of the salons' own making, and Prometheus keeps a series for each.
MOST_SERVICES = 200
OTHER_SERVICE = "other"

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
booking_latency = Histogram(
    "booking_latency_seconds",
    "Attempts to book by phone, from knowing what is wanted to the answer.",
    ["service", "segment", "success"],
    buckets=BOOKING_SECONDS,
    registry=registry,
)
hold_expiry = Counter(
    "slot_reservation_expiry_total",
    "Holds that are over: booked, or expired without a booking.",
    ["converted"],
    registry=registry,
)
function_duration = Histogram(
    "voice_function_duration_seconds",
    "Function calls of the voice platform, from message to answer.",
    ["function", "success"],
    buckets=REQUEST_SECONDS,
    registry=registry,
)
function_replies = Counter(
    "voice_function_replies_total",
    "Function calls of the voice platform, by what they were answered.",
    ["function", "status"],
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
for _converted in ("true", "false"):
    hold_expiry.labels(converted=_converted)

_services: set[str] = set()


def service_label(name: str) -> str:
    """The service's name; ``other`` for those that a process meets after the first two hundred."""
    if name in _services or len(_services) < MOST_SERVICES:
        _services.add(name)
        return name
    return OTHER_SERVICE


def yes_or_no(fact: bool) -> str:  # noqa: FBT001 - it is all there is to say
    return str(fact).lower()
