"""Cal.com's refusals as our errors.

There are three envelopes: ``{"status": "error", "error": {"code", "message", "details"}}`` of the framework;
the same with another code and no details, of its filters; ``{"statusCode", "message"}`` of the booking core.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from integrations.calcom.errors import (
    AlreadyCancelled,
    AlreadyEnded,
    AlreadyRescheduled,
    CalendarError,
    HostUnavailable,
    NotFound,
    OutOfBounds,
    RejectedInput,
    ReservationTaken,
    Taken,
    Unauthorized,
)

DETAIL_LENGTH = 200
# Addresses, keys, and whatever has the digits of a telephone number: it may be an echo of what was sent.
PERSONAL = re.compile(r"\S+@\S+|\bcal_\w+|\+?\d[\d\s()/-]{5,}\d")
SUCCESSOR = re.compile(r"rescheduled already to booking with uid=([\w-]+)")
# The framework's own words for an address it does not have. That says nothing about a booking.
NO_SUCH_ROUTE = re.compile(r"Cannot (GET|POST|PATCH|PUT|DELETE) /")

# Parts of messages in lower case, the particular before the general.
MESSAGES: tuple[tuple[str, type[CalendarError]], ...] = (
    ("fixed_hosts_unavailable_for_booking", HostUnavailable),
    ("round_robin_host_unavailable_for_booking", HostUnavailable),
    ("hosts_unavailable_for_booking", HostUnavailable),
    ("one of the hosts either already has booking", HostUnavailable),
    ("already has booking at this time or is not available", Taken),
    ("no_available_users_found_error", Taken),
    ("booking_conflict_error", Taken),
    ("booking_time_out_of_bounds_error", OutOfBounds),
    ('can\'t be booked at the "start" time provided', OutOfBounds),
    ("attempting to book a meeting in the past", OutOfBounds),
    ("not allowed within the minimum notice period", OutOfBounds),
    ("booking that has already ended", AlreadyEnded),
    ("already reserved by another user", ReservationTaken),
    ("can't reserve", ReservationTaken),
)

# Two of the same at the same instant: the second one breaks a unique constraint (recorded). Of anything but a
# time being taken it says nothing definite.
DATABASE = "an error occurred while querying the database"


class Kind(Enum):
    """What a request is about, where the same words mean different things."""

    BOOKING = auto()  # takes a time: creates or moves
    RESERVATION = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Refusal:
    """What one of the envelopes says."""

    status: int
    message: str


def read(status: int, body: Any) -> Refusal | None:
    """None: not Cal.com's words, but those of something in between."""
    if not isinstance(body, Mapping):
        return None
    if isinstance(error := body.get("error"), Mapping):
        return Refusal(status, _words(error.get("message"), error.get("details")))
    if "statusCode" in body and "message" in body:
        return Refusal(status, _words(body["message"], None))
    return None


def as_error(refusal: Refusal, *, kind: Kind) -> CalendarError | None:
    """None if it says nothing definite, as most 5xx and a 408 do."""
    message = refusal.message.lower()
    if "has been cancelled and rescheduled already" in message:
        found = SUCCESSOR.search(refusal.message)
        return AlreadyRescheduled(found[1] if found else None)
    if "because it has been cancelled" in message:
        return AlreadyCancelled()
    if DATABASE in message:
        return Taken() if kind is Kind.BOOKING else None
    for part, error in MESSAGES:
        if part in message:
            return error()
    return _by_status(refusal, kind=kind)


def _by_status(refusal: Refusal, *, kind: Kind) -> CalendarError | None:
    status = refusal.status
    error: CalendarError | None = None
    if status in {401, 403}:
        error = Unauthorized()
    elif status == 404 and not NO_SUCH_ROUTE.search(refusal.message):
        error = NotFound()
    elif status == 409 and kind is Kind.BOOKING:
        error = Taken()
    elif status in {409, 422} and kind is Kind.RESERVATION:
        error = ReservationTaken()
    elif 400 <= status < 500 and status != 408:
        error = RejectedInput(short(refusal.message))
    return error


def short(message: str) -> str:
    """A vendor's text fit for staff and logs: one line, and nothing in it about a person."""
    return PERSONAL.sub("…", " ".join(message.split()))[:DETAIL_LENGTH]


def _words(message: Any, details: Any) -> str:
    """Validation says what is wrong only in its details, by property; their values are left out."""
    words = message if isinstance(message, str) else ""
    errors = details.get("errors") if isinstance(details, Mapping) else None
    complaints = [
        str(complaint)
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, Mapping) and isinstance(error.get("constraints"), Mapping)
        for complaint in error["constraints"].values()
    ]
    return ", ".join(complaints) or words
