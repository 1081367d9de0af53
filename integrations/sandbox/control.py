"""/sandbox/…: what tests, judges and call scripts may see and do. Nothing of the vendor's."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from appointments.rules.periods import Period
from integrations.sandbox import availability, faults, making, showing, slots, times, webhooks
from integrations.sandbox.errors import NestError
from integrations.sandbox.records import Booking
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.world import World

DAYS_LOOKED = 7


def answer(world: World, request: Request) -> Answer:
    handler = PATHS.get((request.method, request.path.removeprefix("/sandbox/").rstrip("/")))
    if handler is None:
        known = ", ".join(sorted(f"{method} /sandbox/{path}" for method, path in PATHS))
        raise NestError(404, f"The control surface has: {known}.")
    return handler(world, request)


def _add_faults(world: World, request: Request) -> Answer:
    """A fault, or ``{"faults": [fault, …]}``."""
    wanted = request.body["faults"] if isinstance(request.body.get("faults"), list) else [request.body]
    for document in [faults.read(one) for one in wanted]:
        world.faults.add(**document)
    return _show_faults(world, request)


def _show_faults(world: World, request: Request) -> Answer:
    return success([asdict(fault) for fault in world.faults.waiting()])


def _clear_faults(world: World, request: Request) -> Answer:
    world.faults.clear()
    return success([])


def _bookings(world: World, request: Request) -> Answer:
    """What stands; with ``?all=true`` also what was cancelled."""
    rows = world.bookings(standing=request.query.get("all") != "true")
    return success([as_witnessed(row) for row in rows])


def as_witnessed(row: Booking) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "status": row.status,
        "event_type": row.event_type_id,
        "host": row.host_id,
        "start": times.with_millis(row.start),
        "end": times.with_millis(row.end),
        "attendee": asdict(row.attendee),
        "metadata": dict(row.metadata),
        "origin": row.origin,
        "created_at": times.with_millis(row.created_at),
        "updated_at": times.with_millis(row.updated_at),
        "rescheduled_from": row.rescheduled_from,
        "rescheduled_to": row.rescheduled_to,
    }


def _book_as_stranger(world: World, request: Request) -> Answer:
    """Somebody on the booking page: sees only what slots shows, and books it by the same code.

    ``eventTypeId``; ``start``, or ``from`` and ``to`` for the first open slot there (default: the
    coming week); ``name``, ``email``, ``phoneNumber``. 409 if nothing is open.
    """
    body = request.body
    event_type = world.account.event_types.get(body.get("eventTypeId", 0))
    if event_type is None:
        raise NestError(404, "Event Type not found")
    start = times.parse(body.get("start"))
    first = start or times.parse(body.get("from")) or world.now()
    last = times.parse(body.get("to")) or first + timedelta(days=DAYS_LOOKED)
    if start is not None:
        last = start + timedelta(minutes=event_type.length)
    with world.lock:
        reserved = slots.reserved_periods(world, event_type)
        found = availability.starts(world, event_type, Period(first, last), minutes=event_type.length)
    length = timedelta(minutes=event_type.length)
    open_ = [one for one in found if not any(Period(one, one + length).overlaps(taken) for taken in reserved)]
    if not open_ or (start is not None and start not in open_):
        raise NestError(409, "No such slot is open.")
    return making.create(world, _booking_request(request, open_[0].isoformat()))


def _booking_request(request: Request, start: str) -> Request:
    body = request.body
    attendee = {
        "name": body.get("name", "Fremde Kundin"),
        "email": body.get("email", "fremd@page.example"),
        "timeZone": "Europe/Berlin",
        "language": "de",
    }
    if "phoneNumber" in body:
        attendee["phoneNumber"] = body["phoneNumber"]
    wanted = {"eventTypeId": body["eventTypeId"], "start": start, "attendee": attendee}
    return Request("POST", "/v2/bookings", body=wanted, origin="page")


def _change_booking(world: World, request: Request) -> Answer:
    """``uid`` with ``host`` or ``start``: somebody moved it by hand at Cal.com. No webhook."""
    booking = world.booking(str(request.body.get("uid")))
    if booking is None:
        raise NestError(404, "Booking not found")
    start = times.parse(request.body.get("start")) or booking.start
    host = request.body.get("host", booking.host_id)
    end = start + (booking.end - booking.start)
    changed = world.change(booking.uid, start=start, end=end, host_id=host)
    return success(showing.booking(world, changed))


def _requests(world: World, request: Request) -> Answer:
    return success([asdict(one) for one in list(world.requests)])


def _clear_requests(world: World, request: Request) -> Answer:
    world.requests.clear()
    return success([])


def _deliveries(world: World, request: Request) -> Answer:
    return success([asdict(one) for one in list(world.deliveries)])


def _subscribe(world: World, request: Request) -> Answer:
    url = request.body.get("url")
    if not isinstance(url, str):
        raise NestError(400, "A webhook needs a url.")
    webhooks.subscribe(world, url, request.body.get("secret"), event_type=request.body.get("eventTypeId"))
    return success(url, 201)


PATHS: dict[tuple[str, str], Callable[[World, Request], Answer]] = {
    ("GET", "faults"): _show_faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "bookings"): _bookings,
    ("PATCH", "bookings"): _change_booking,
    ("POST", "foreign-bookings"): _book_as_stranger,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "deliveries"): _deliveries,
    ("POST", "webhooks"): _subscribe,
}
