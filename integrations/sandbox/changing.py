"""Cancel, reschedule, reassign, confirm and decline."""

from datetime import datetime, timedelta

from appointments.rules.periods import Period
from integrations.sandbox import availability, deliveries, showing, times
from integrations.sandbox.errors import BUSY, TEAM_BUSY, CoreError, NestError
from integrations.sandbox.making import another_host, check_bounds, insert, title
from integrations.sandbox.parts import EventType, Host
from integrations.sandbox.records import Booking, new_uid
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.validation import (
    Field,
    is_email,
    problems_of,
    refuse_in_words,
    text_field,
    time_field,
)
from integrations.sandbox.world import World

CANCEL_FIELDS = (
    Field("cancellationReason", lambda value: isinstance(value, str), "isString", "must be a string"),
    Field(
        "cancelSubsequentBookings",
        lambda value: isinstance(value, bool),
        "isBoolean",
        "must be a boolean value",
    ),
)
RESCHEDULE_FIELDS = (
    time_field("start", required=True),
    Field("rescheduledBy", is_email, "isEmail", "must be an email"),
    text_field("reschedulingReason"),
    text_field("emailVerificationCode"),
)


def _find(world: World, uid: str) -> Booking:
    booking = world.store.bookings.get(uid)
    if booking is None:
        raise NestError(404, f"Booking with uid={uid} was not found in the database")
    return booking


def cancel(world: World, request: Request) -> Answer:
    """The webhook goes out first: whoever asks for the booking meanwhile reads that it stands."""
    refuse_in_words(problems_of(request.body, CANCEL_FIELDS, whole=True))
    reason = request.body.get("cancellationReason") or ""
    with world.lock:
        booking = _cancellable(world, request, reason)
    world.gap()
    deliveries.announce(world, "BOOKING_CANCELLED", booking, reason=reason)
    with world.lock:
        current = world.store.bookings.get(booking.uid, booking)
        cancelled = current.changed(
            status="cancelled",
            cancellation_reason=reason,
            updated_at=world.now(),
            sequence=current.sequence + 1,
        )
        world.store.put(cancelled)
        return success(showing.booking(world, cancelled))


def _cancellable(world: World, request: Request, reason: str) -> Booking:
    booking = world.store.bookings.get(request.uid)
    if booking is None:
        raise NestError(404, f"Booking with uid={request.uid} not found")
    if not booking.stands:
        raise NestError(
            400,
            f"Can't cancel booking with uid={booking.uid} because it has been cancelled already. Please "
            "provide uid of a booking that is not cancelled.",
        )
    if booking.end < world.now():
        raise CoreError(400, "Cannot cancel a booking that has already ended")
    if request.is_authenticated and not reason.strip():
        raise CoreError(400, "Cancellation reason is required")
    return booking


def reschedule(world: World, request: Request) -> Answer:
    """A new booking with a new uid; the old one is cancelled and knows the new one."""
    refuse_in_words(problems_of(request.body, RESCHEDULE_FIELDS, whole=True))
    start = times.parse(request.body["start"])
    assert start is not None  # noqa: S101 - checked by RESCHEDULE_FIELDS
    with world.lock:
        old = _reschedulable(world, request.uid)
        host = _host_for(world, old, start)
    world.gap()
    with world.lock:
        new = insert(world, _moved(world, old, host, start, request))
        world.store.put(
            old.changed(
                status="cancelled",
                rescheduled_to=new.uid,
                rescheduled_by=new.rescheduled_by,
                updated_at=new.created_at,
            )
        )
    deliveries.announce(world, "BOOKING_RESCHEDULED", new, old=old)
    with world.lock:
        return success(showing.made(world, world.store.bookings.get(new.uid, new)), 201)


def _reschedulable(world: World, uid: str) -> Booking:
    booking = _find(world, uid)
    if booking.rescheduled_to:
        raise NestError(
            400,
            f"Can't reschedule booking with uid={uid} because it has been cancelled and rescheduled "
            f"already to booking with uid={booking.rescheduled_to}. You probably want to reschedule "
            f"{booking.rescheduled_to} instead by passing it within the request URL.",
        )
    if not booking.stands:
        raise NestError(
            400,
            f"Can't reschedule booking with uid={uid} because it has been cancelled. Please provide uid of a "
            "booking that is not cancelled.",
        )
    return booking


def _event_type(world: World, booking: Booking) -> EventType:
    event_type = world.account.event_types.get(booking.event_type_id)
    if event_type is None:
        raise NestError(404, f"Event type with id {booking.event_type_id} not found.")
    return event_type


def _host_for(world: World, old: Booking, start: datetime) -> Host:
    """A round robin may change the host."""
    event_type = _event_type(world, old)
    check_bounds(world, event_type, start)
    period = Period(start, start + timedelta(minutes=old.minutes))
    free = availability.free_hosts(world, event_type, period, ignoring=old.uid)
    if event_type.scheduling != "roundRobin":
        # A booking that was handed over stays where it is.
        own = world.account.hosts.get(old.host_id)
        is_free = own and availability.is_free(world, own, event_type, period, ignoring=old.uid)
        free = [own] if own and is_free else []
    if not free:
        raise NestError(400, TEAM_BUSY if event_type.is_team else BUSY)
    return min(free, key=lambda host: host.id != old.host_id)


def _moved(world: World, old: Booking, host: Host, start: datetime, request: Request) -> Booking:
    event_type = _event_type(world, old)
    now = world.now()
    if request.fault is not None and request.has_fault("shifted"):
        start += timedelta(minutes=request.fault.minutes)
    if request.fault is not None and request.has_fault("other_host"):
        host = another_host(world, host, request.fault.host)
    return old.changed(
        id=world.store.next_id(),
        uid=new_uid(),
        host_id=host.id,
        start=start,
        end=start + timedelta(minutes=old.minutes),
        title=title(event_type, host, old.attendee.name),
        created_at=now,
        updated_at=now,
        status="pending" if event_type.requires_confirmation else "accepted",
        sequence=old.sequence + 1,
        rescheduling_reason=request.body.get("reschedulingReason"),
        rescheduled_by=request.body.get("rescheduledBy"),
        rescheduled_from=old.uid,
        rescheduled_to=None,
    )


def reassign(world: World, request: Request) -> Answer:
    """Another host of a round robin, under the same uid. Nobody is told."""
    with world.lock:
        booking = _find(world, request.uid)
        event_type = _event_type(world, booking)
        others = [
            host
            for host in availability.free_hosts(world, event_type, booking.period)
            if host.id != booking.host_id
        ]
        host = _asked_for(world, event_type, others, request.params.get("user"))
        world.store.put(
            booking.changed(
                host_id=host.id,
                title=title(event_type, host, booking.attendee.name),
                updated_at=world.now(),
            )
        )
    person = {"id": host.id, "name": host.name, "email": host.email, "displayEmail": host.email}
    return success({"bookingUid": booking.uid, "reassignedTo": person})


def _asked_for(world: World, event_type: EventType, others: list[Host], asked: str | None) -> Host:
    if asked is not None and (not event_type.is_team or int(asked) not in event_type.hosts):
        raise NestError(400, f"User with id={asked} is not a valid Round Robin host")
    wanted = [host for host in others if asked in (None, str(host.id))]
    if not event_type.is_team or not wanted:
        raise NestError(400, "Can't reassign the booking because no other host is available at that time.")
    return wanted[0]


def confirm(world: World, request: Request) -> Answer:
    """Does not look whether the time is still free."""
    accepted = _decided(world, request, "accepted")
    deliveries.announce(world, "BOOKING_CREATED", accepted)
    return success(showing.booking(world, accepted))


def decline(world: World, request: Request) -> Answer:
    reason = str(request.body.get("reason") or "")
    rejected = _decided(world, request, "rejected", cancellation_reason=reason)
    deliveries.announce(world, "BOOKING_REJECTED", rejected, reason=reason)
    return success(showing.booking(world, rejected))


def _decided(world: World, request: Request, status: str, **facts: str) -> Booking:
    with world.lock:
        booking = _find(world, request.uid)
        if booking.status != "pending":
            raise NestError(400, f"Booking with uid={booking.uid} is not pending")
        decided = booking.changed(status=status, updated_at=world.now(), **facts)
        world.store.put(decided)
    return decided
