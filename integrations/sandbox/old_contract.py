"""What is answered without the right ``cal-api-version``: the contract of 2024-04-15, no error.

Enough of it that a client which forgets the header notices: other paths for slots, other required
fields for a booking, other names in the answers.
"""

from collections.abc import Callable
from typing import Any

from integrations.sandbox import catalogue, changing, reading, times
from integrations.sandbox.errors import NestError
from integrations.sandbox.records import Booking
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.validation import (
    integer_field,
    object_field,
    problems_of,
    refuse_in_details,
    text_field,
    time_field,
)
from integrations.sandbox.world import World

BOOKING_FIELDS = (
    time_field("start", required=True),
    integer_field("eventTypeId", required=True),
    text_field("timeZone", required=True),
    text_field("language", required=True),
    object_field("metadata", required=True),
    object_field("responses", required=True),
)


def unknown(world: World, request: Request) -> Answer:
    """The old contract has no such path."""
    raise NestError(404, f"Cannot {request.method} {request.full_path}")


def _show(world: World, booking: Booking) -> dict[str, Any]:
    host = world.account.hosts.get(booking.host_id)
    return {
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "startTime": times.with_millis(booking.start),
        "endTime": times.with_millis(booking.end),
        "status": booking.status.upper(),
        "userId": booking.host_id,
        "eventTypeId": booking.event_type_id,
        "user": {"name": host.name, "email": host.email} if host else None,
        "attendees": [{"name": booking.attendee.name, "email": booking.attendee.email}],
    }


def _create(world: World, request: Request) -> Answer:
    refuse_in_details(problems_of(request.body, BOOKING_FIELDS))
    # Nothing here writes the old way: whoever gets so far meant it, and is told that it is not served.
    return unknown(world, request)


def _get(world: World, request: Request) -> Answer:
    reading.show(world, request)
    return success(_show(world, world.store.bookings[request.uid]))


def _list(world: World, request: Request) -> Answer:
    rows = [_show(world, booking) for booking in world.bookings(standing=False)]
    return success({"bookings": rows, "recurringInfo": [], "nextCursor": None})


def _cancel(world: World, request: Request) -> Answer:
    """Has its effect, and tells of it in other words."""
    changing.cancel(world, request)
    booking = world.store.bookings[request.uid]
    return success({"bookingId": booking.id, "bookingUid": booking.uid, "onlyRemovedAttendee": False})


def _event_types(world: World, request: Request) -> Answer:
    _status, answer = catalogue.event_types(world, request)
    groups = [{"teamId": None, "eventTypes": [_short(one) for one in answer["data"]]}]
    return success({"eventTypeGroups": groups, "profiles": []})


def _event_type(world: World, request: Request) -> Answer:
    _status, answer = catalogue.event_type(world, request)
    return success({"eventType": _short(answer["data"])})


def _short(event_type: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": event_type["id"],
        "length": event_type["lengthInMinutes"],
        "slug": event_type["slug"],
        "title": event_type["title"],
    }


ANSWERS: dict[str, Callable[[World, Request], Answer]] = {
    "create": _create,
    "get": _get,
    "list": _list,
    "cancel": _cancel,
    "event_types": _event_types,
    "event_type": _event_type,
}


def answer(world: World, request: Request, operation: str) -> Answer:
    return ANSWERS.get(operation, unknown)(world, request)
