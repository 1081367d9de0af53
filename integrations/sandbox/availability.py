"""When hosts work and what is left of it."""

from datetime import datetime, timedelta

from appointments.rules.periods import Period, merge, subtract
from integrations.sandbox import times
from integrations.sandbox.parts import EventType, Host
from integrations.sandbox.records import BLOCKING
from integrations.sandbox.world import World

# Starts are rounded up to the largest of these that divides the grid's step.
ROUND_STEPS = (60, 30, 20, 15, 10, 5, 1)
MINUTE = timedelta(minutes=1)
# Longer than any shift and any buffer.
MARGIN = timedelta(days=2)


def busy(
    world: World, host: Host, event_type: EventType, around: Period, *, ignoring: str | None = None
) -> list[Period]:
    """What the host's bookings of all event types leave no room for, ``around`` and a day about it: each
    with its own buffers, and with those that a new booking of ``event_type`` would need.
    """
    taken = []
    first, last = around.start - MARGIN, around.end + MARGIN
    for booking in world.store.bookings.values():
        if booking.host_id != host.id or booking.status not in BLOCKING or booking.uid == ignoring:
            continue
        if booking.end < first or booking.start > last:
            continue
        own = world.account.event_types.get(booking.event_type_id)
        before = (own.buffer_before if own else 0) + event_type.buffer_after
        after = (own.buffer_after if own else 0) + event_type.buffer_before
        taken.append(Period(booking.start - before * MINUTE, booking.end + after * MINUTE))
    return taken


def free(
    world: World, host: Host, event_type: EventType, period: Period, *, ignoring: str | None = None
) -> list[Period]:
    """The host's free time around ``period``; not cut to it."""
    working = host.working(times.local_days(period.start, period.end, host.zone))
    return subtract(working, busy(world, host, event_type, period, ignoring=ignoring))


def is_free(
    world: World, host: Host, event_type: EventType, period: Period, *, ignoring: str | None = None
) -> bool:
    return any(
        stretch.start <= period.start and period.end <= stretch.end
        for stretch in free(world, host, event_type, period, ignoring=ignoring)
    )


def free_hosts(
    world: World, event_type: EventType, period: Period, *, ignoring: str | None = None
) -> list[Host]:
    return [
        host
        for host in world.account.hosts_of(event_type)
        if is_free(world, host, event_type, period, ignoring=ignoring)
    ]


def earliest(event_type: EventType, now: datetime) -> datetime:
    return now + event_type.notice * MINUTE


def is_in_bounds(event_type: EventType, start: datetime, now: datetime) -> bool:
    if start < earliest(event_type, now):
        return False
    return event_type.window_days is None or start <= now + timedelta(days=event_type.window_days)


def starts(
    world: World, event_type: EventType, period: Period, *, minutes: int, ignoring: str | None = None
) -> list[datetime]:
    """The starts that GET slots shows, without looking at reservations.

    The grid begins anew at each stretch of free time, rounded up. So a start that would be free may
    be absent if the step does not fit the lengths around it.
    """
    now = world.now()
    found = set()
    for host in world.account.hosts_of(event_type):
        for stretch in merge(free(world, host, event_type, period, ignoring=ignoring)):
            first = max(stretch.start, period.start, earliest(event_type, now))
            last = min(stretch.end, period.end)
            found.update(_grid(first, last, step=event_type.interval or minutes, minutes=minutes))
    return [start for start in sorted(found) if is_in_bounds(event_type, start, now)]


def _grid(first: datetime, last: datetime, *, step: int, minutes: int) -> list[datetime]:
    rounding = next(size for size in ROUND_STEPS if step % size == 0)
    hour = first.replace(minute=0, second=0, microsecond=0)
    steps = -(-(first - hour) // (rounding * MINUTE))
    start = hour + steps * rounding * MINUTE
    found = []
    while start + minutes * MINUTE <= last:
        found.append(start)
        start += step * MINUTE
    return found
