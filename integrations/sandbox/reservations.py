"""/v2/slots/reservations: a courtesy among booking pages, no lock."""

from datetime import datetime, timedelta

from appointments.rules.periods import Period
from integrations.sandbox import times
from integrations.sandbox.errors import NestError
from integrations.sandbox.parts import EventType
from integrations.sandbox.records import Reservation, new_id
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.validation import integer_field, problems_of, refuse_in_details, time_field
from integrations.sandbox.world import World

DEFAULT_MINUTES = 5
NEEDS_KEY = (
    "reservationDuration can only be used for authenticated requests - use access token, api key or "
    "OAuth credentials"
)
RESERVED = "This time slot is already reserved by another user. Please choose a different time."
BOOKED = "Can't reserve a slot if the event is already booked."
NO_HOSTS = (
    "Can't reserve the slot because the round robin event type has no available hosts left at this time slot."
)
FIELDS = (
    integer_field("eventTypeId", required=True),
    time_field("slotStart", required=True),
    integer_field("slotDuration"),
    integer_field("reservationDuration"),
)


def reserve(world: World, request: Request) -> Answer:
    refuse_in_details(problems_of(request.body, FIELDS))
    if "reservationDuration" in request.body and not request.is_authenticated:
        raise NestError(401, NEEDS_KEY)
    with world.lock:
        reservation = _checked(world, request, uid=new_id())
        world.store.put(reservation)
    return success(_written(reservation, request), 201)


def move(world: World, request: Request) -> Answer:
    """Collides with itself, as at the vendor: a reservation cannot be extended in place."""
    refuse_in_details(problems_of(request.body, FIELDS))
    with world.lock:
        if request.uid not in world.store.reservations:
            raise NestError(404, f"Reservation with uid={request.uid} not found")
        reservation = _checked(world, request, uid=request.uid)
        world.store.put(reservation)
    return success(_written(reservation, request))


def show(world: World, request: Request) -> Answer:
    with world.lock:
        reservation = world.store.reservations.get(request.uid)
    return success(_read(reservation) if reservation else None)


def release(world: World, request: Request) -> Answer:
    with world.lock:
        reservation = world.store.reservations.get(request.uid)
        if reservation is None:
            raise NestError(404, f"Reservation with uid={request.uid} not found")
        world.store.remove(reservation)
    return 200, {"status": "success"}


def _checked(world: World, request: Request, *, uid: str) -> Reservation:
    """Neither working hours nor other event types are looked at."""
    event_type = world.account.event_types.get(request.body["eventTypeId"])
    if event_type is None:
        raise NestError(404, f"Event Type with ID={request.body['eventTypeId']} not found")
    start = times.parse(request.body["slotStart"])
    assert start is not None  # noqa: S101 - checked by FIELDS
    period = Period(start, start + timedelta(minutes=_slot_minutes(event_type, request)))
    now = world.now()
    _refuse_booked(world, event_type, period)
    _refuse_reserved(world, event_type, period, now)
    return Reservation(
        uid=uid,
        event_type_id=event_type.id,
        user_id=event_type.hosts[0] if event_type.hosts else 0,
        start=period.start,
        end=period.end,
        until=now + timedelta(minutes=request.body.get("reservationDuration") or DEFAULT_MINUTES),
    )


def _slot_minutes(event_type: EventType, request: Request) -> int:
    minutes: int | None = request.body.get("slotDuration")
    if minutes is None:
        return event_type.length
    if minutes not in event_type.lengths:
        raise NestError(
            400, "Can't use 'slotDuration' because event type does not have this as one of its lengths."
        )
    return minutes


def _refuse_booked(world: World, event_type: EventType, period: Period) -> None:
    for booking in world.store.bookings.values():
        if booking.event_type_id == event_type.id and booking.stands and booking.period.overlaps(period):
            raise NestError(422, BOOKED)


def _refuse_reserved(world: World, event_type: EventType, period: Period, now: datetime) -> None:
    others = [
        reservation
        for reservation in world.store.reservations.values()
        if reservation.event_type_id == event_type.id
        and reservation.until > now
        and reservation.period.overlaps(period)
    ]
    if event_type.scheduling == "roundRobin":
        if len(others) >= len(event_type.hosts):
            raise NestError(422, NO_HOSTS)
    elif others:
        raise NestError(422, RESERVED)


def _read(reservation: Reservation) -> dict[str, object]:
    return {
        "reservationUid": reservation.uid,
        "eventTypeId": reservation.event_type_id,
        "slotStart": times.with_millis(reservation.start),
        "slotEnd": times.with_millis(reservation.end),
        "slotDuration": reservation.minutes,
        "reservationUntil": times.with_millis(reservation.until),
    }


def _written(reservation: Reservation, request: Request) -> dict[str, object]:
    """Another order of keys, and the duration in minutes: as recorded."""
    facts = _read(reservation)
    first = ("eventTypeId", "slotStart", "slotEnd", "slotDuration", "reservationUid")
    return {
        **{name: facts[name] for name in first},
        "reservationDuration": request.body.get("reservationDuration") or DEFAULT_MINUTES,
        "reservationUntil": facts["reservationUntil"],
    }
