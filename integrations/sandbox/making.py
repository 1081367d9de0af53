"""POST /v2/bookings: check, look away, insert, tell."""

from datetime import datetime, timedelta

from appointments.rules.periods import Period
from integrations.sandbox import availability, deliveries, showing
from integrations.sandbox.errors import BUSY, OUT_OF_BOUNDS, TEAM_BUSY, CoreError, NestError
from integrations.sandbox.parts import EventType, Host
from integrations.sandbox.records import Booking, new_uid
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.wishes import Wish, read
from integrations.sandbox.world import World

PAST = "Attempting to book a meeting in the past."
SAME_INSTANT = "An error occurred while querying the database."


def create(world: World, request: Request) -> Answer:
    wish = read(world, request)
    with world.lock:
        repeated = _repeated(world, wish)
        if repeated is not None:
            return success(showing.made(world, repeated), 201)
        host = choose_host(world, wish, request)
    world.gap()
    with world.lock:
        booking = insert(world, _new(world, wish, host, request))
    trigger = "BOOKING_REQUESTED" if booking.status == "pending" else "BOOKING_CREATED"
    deliveries.announce(world, trigger, booking)
    with world.lock:
        return success(showing.made(world, world.store.bookings.get(booking.uid, booking)), 201)


def _repeated(world: World, wish: Wish) -> Booking | None:
    """A second request of the same attendee is answered with the first one's booking, but only by
    round robins and types that need confirmation. Everywhere else it finds the time taken.
    """
    if not (wish.event_type.scheduling == "roundRobin" or wish.event_type.requires_confirmation):
        return None
    for booking in world.store.bookings.values():
        if (
            booking.stands
            and booking.event_type_id == wish.event_type.id
            and booking.start == wish.start
            and (booking.attendee.email, booking.attendee.phone) == (wish.attendee.email, wish.attendee.phone)
        ):
            return booking
    return None


def choose_host(world: World, wish: Wish, request: Request) -> Host:
    """Whoever of the free ones was booked longest ago. Raises the vendor's refusals."""
    event_type = wish.event_type
    check_bounds(world, event_type, wish.start)
    period = Period(wish.start, wish.start + timedelta(minutes=wish.minutes))
    free = availability.free_hosts(world, event_type, period)
    asked = set(wish.only_hosts) & set(event_type.hosts)
    if asked:
        # Ids that are no hosts here are ignored without a word, even if none is left.
        free = [host for host in free if host.id in asked]
    if not free:
        raise NestError(400, TEAM_BUSY if event_type.is_team else BUSY)
    return min(free, key=lambda host: _last_booked(world, host))


def check_bounds(world: World, event_type: EventType, start: datetime) -> None:
    now = world.now()
    if start < now:
        raise NestError(400, PAST)
    if not availability.is_in_bounds(event_type, start, now):
        raise NestError(400, OUT_OF_BOUNDS)


def _last_booked(world: World, host: Host) -> int:
    return max((row.id for row in world.store.bookings.values() if row.host_id == host.id), default=0)


def insert(world: World, booking: Booking) -> Booking:
    """The one thing the vendor's database refuses is the same host with the same start and end:
    overlapping times that are not equal all go in.
    """
    for other in world.store.bookings.values():
        if (
            other.stands
            and (other.host_id, other.start, other.end) == (booking.host_id, booking.start, booking.end)
            and other.uid != booking.rescheduled_from
        ):
            raise CoreError(400, SAME_INSTANT)
    world.store.put(booking)
    return booking


def _new(world: World, wish: Wish, host: Host, request: Request) -> Booking:
    uid, now = new_uid(), world.now()
    start = wish.start
    if request.fault is not None and request.has_fault("shifted"):
        start += timedelta(minutes=request.fault.minutes)
    if request.fault is not None and request.has_fault("other_host"):
        host = another_host(world, host, request.fault.host)
    return Booking(
        id=world.store.next_id(),
        uid=uid,
        event_type_id=wish.event_type.id,
        host_id=host.id,
        start=start,
        end=start + timedelta(minutes=wish.minutes),
        title=title(wish.event_type, host, wish.attendee.name),
        attendee=wish.attendee,
        created_at=now,
        updated_at=now,
        status="pending" if wish.event_type.requires_confirmation else "accepted",
        metadata=wish.metadata,
        responses=wish.responses,
        location=wish.location,
        ics_uid=f"{uid}@Cal.com",
        origin=request.origin,
    )


def title(event_type: EventType, host: Host, attendee: str) -> str:
    return f"{event_type.title} between {host.name} and {attendee}"


def another_host(world: World, host: Host, wanted: int | None) -> Host:
    others = [person for person in world.account.hosts.values() if person.id != host.id]
    return next((person for person in others if wanted in (None, person.id)), host)
