"""The account with its bookings, its clock and its lock: what all handlers share."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from integrations.sandbox import times
from integrations.sandbox.faults import Faults
from integrations.sandbox.parts import Account, EventType, Host, Team
from integrations.sandbox.records import Booking
from integrations.sandbox.store import Memory, Store

REMEMBERED = 20_000


def real_now() -> datetime:
    return datetime.now(UTC)


def nothing() -> None:
    """Happens between check and insert, unless a test wants something to."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """``began`` and ``ended`` in seconds of one monotonic clock, for comparing with each other."""

    operation: str
    method: str
    path: str
    began: float
    ended: float
    status: int | None
    body: Any = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that was sent; ``status`` is the receiver's, ``None`` if there was no answer."""

    trigger: str
    url: str
    status: int | None
    body: dict[str, Any]


@dataclass
class World:
    """``World.of(hosts, event_types)``. Attributes may be changed while it runs.

    ``clock`` returns an aware instant. ``latency_ms`` is added to every answer; half of a write's
    lies between its check and its effect. ``in_the_gap`` is called there as well: with a
    ``threading.Barrier`` a test makes requests truly simultaneous. ``rate_limit`` is requests a
    minute and key, ``None``: none. ``slots_cache_seconds`` 0 switches the vendor's cache off.
    """

    account: Account
    store: Store = field(default_factory=Memory)
    clock: Callable[[], datetime] = real_now
    latency_ms: int = 0
    fail_rate: float = 0.0
    rate_limit: int | None = None
    slots_cache_seconds: float = 2.0
    in_the_gap: Callable[[], None] = nothing
    url: str = "http://127.0.0.1"
    random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        # Held for a moment's reading or writing, never while waiting or talking to anybody.
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.faults = Faults()
        self.slots_cache: dict[str, tuple[datetime, dict[str, Any]]] = {}
        self.requests: deque[LoggedRequest] = deque(maxlen=REMEMBERED)
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)

    @classmethod
    def of(
        cls,
        hosts: Iterable[Host],
        event_types: Iterable[EventType] = (),
        teams: Iterable[Team] = (),
        **facts: Any,
    ) -> "World":
        """A world of plain values, without any database."""
        return cls(Account.of(list(hosts), list(event_types), list(teams)), **facts)

    def now(self) -> datetime:
        return times.millis(self.clock().astimezone(UTC))

    def pause(self, milliseconds: float) -> None:
        """Returns at once when the sandbox is stopped."""
        if milliseconds > 0:
            self.stopping.wait(milliseconds / 1000)

    def gap(self) -> None:
        """Between the check of a write and its effect the vendor looks away: two requests may both
        have found the time free.
        """
        self.in_the_gap()
        self.pause(self.latency_ms / 2)

    def bookings(self, *, host: int | None = None, standing: bool = True) -> list[Booking]:
        """By start. ``standing``: without the cancelled and rejected ones."""
        with self.lock:
            found = [
                booking
                for booking in self.store.bookings.values()
                if (booking.stands or not standing) and host in (None, booking.host_id)
            ]
        return sorted(found, key=lambda booking: (booking.start, booking.id))

    def booking(self, uid: str) -> Booking | None:
        with self.lock:
            return self.store.bookings.get(uid)

    def change(self, uid: str, **facts: Any) -> Booking:
        """A change that nobody is told of: ``change(uid, host_id=102)`` as reassigning does."""
        with self.lock:
            changed = self.store.bookings[uid].changed(updated_at=self.now(), **facts)
            self.store.put(changed)
        return changed

    def forget(self, uid: str) -> None:
        """The row is gone, and its uid a 404."""
        with self.lock:
            self.store.remove(self.store.bookings[uid])
