"""What the sandbox remembers: bookings, reservations, webhooks."""

import secrets
import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from appointments.rules.periods import Period

# Without the characters that are easily mistaken for each other, as the vendor's uids.
ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
BLOCKING = frozenset({"accepted"})
DEAD = frozenset({"cancelled", "rejected"})


def new_uid() -> str:
    """22 characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(22))


@dataclass(frozen=True, slots=True)
class Attendee:
    name: str
    email: str
    time_zone: str
    language: str = "en"
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """``status``: accepted, pending, cancelled, rejected. ``origin``: ``api``, or ``page`` for a
    stranger on the booking page. Instants are aware, in UTC.
    """

    id: int
    uid: str
    event_type_id: int
    host_id: int
    start: datetime
    end: datetime
    title: str
    attendee: Attendee
    created_at: datetime
    updated_at: datetime
    status: str = "accepted"
    metadata: dict[str, str] = field(default_factory=dict)
    responses: dict[str, Any] = field(default_factory=dict)
    location: str = "integrations:daily"
    ics_uid: str = ""
    sequence: int = 0
    cancellation_reason: str = ""
    rescheduling_reason: str | None = None
    rescheduled_by: str | None = None
    rescheduled_from: str | None = None
    rescheduled_to: str | None = None
    origin: str = "api"

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    @property
    def minutes(self) -> int:
        return int((self.end - self.start) / timedelta(minutes=1))

    @property
    def stands(self) -> bool:
        return self.status not in DEAD

    @property
    def key(self) -> str:
        return self.uid

    def changed(self, **facts: Any) -> Self:
        return replace(self, **facts)


@dataclass(frozen=True, slots=True)
class Reservation:
    """``user_id``: the first host, even of a round robin."""

    uid: str
    event_type_id: int
    user_id: int
    start: datetime
    end: datetime
    until: datetime

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    @property
    def minutes(self) -> int:
        return int((self.end - self.start) / timedelta(minutes=1))

    @property
    def key(self) -> str:
        return self.uid


@dataclass(frozen=True, slots=True)
class Webhook:
    """``event_type_id`` ``None``: for everything of the account."""

    id: str
    url: str
    triggers: tuple[str, ...]
    active: bool = True
    secret: str | None = None
    event_type_id: int | None = None
    payload_template: str | None = None

    @property
    def key(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"Webhook({self.url})"


def new_id() -> str:
    return str(uuid.uuid4())


Record = Booking | Reservation | Webhook
INSTANTS = frozenset({"start", "end", "created_at", "updated_at", "until"})


def to_document(record: Record) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(record).items()
    }


def from_document(kind: str, document: dict[str, Any]) -> Record:
    facts: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in INSTANTS else value for name, value in document.items()
    }
    if kind == "booking":
        return Booking(**{**facts, "attendee": Attendee(**facts["attendee"])})
    if kind == "reservation":
        return Reservation(**facts)
    return Webhook(**{**facts, "triggers": tuple(facts["triggers"])})
