"""What Cal.com knows, in our words. Instants are aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# Cal.com's limits on metadata (2024-08-13, create-booking.input.ts).
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500

STANDING = ("accepted", "pending")


@dataclass(frozen=True, kw_only=True)
class Booking:
    """``host_id`` is the Cal.com user; ``status`` is accepted, pending, cancelled or rejected.

    A moved booking has another uid: the old one is cancelled and names its successor.
    """

    uid: str
    status: str
    start: datetime
    end: datetime
    host_id: int | None
    event_type_id: int | None
    title: str = field(repr=False)  # has the attendee's name in it
    attendee_name: str = field(repr=False)
    attendee_email: str = field(repr=False)
    attendee_phone: str = field(repr=False)
    metadata: Mapping[str, str]
    created_at: datetime | None
    updated_at: datetime | None
    rescheduled_from: str | None
    rescheduled_to: str | None

    @property
    def stands(self) -> bool:
        """It takes time in the calendar."""
        return self.status in STANDING


@dataclass(frozen=True, kw_only=True)
class Order:
    """A booking to be made. ``phone`` in E.164. ``language`` of the attendee, as ``de``.

    At least one of ``email`` and ``phone``; most event types insist on the e-mail address.
    ``length_minutes`` only for event types with several lengths, the others refuse it.
    """

    event_type_id: int
    start: datetime
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    time_zone: str = "Europe/Berlin"
    language: str = "de"
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: str = field(default="", repr=False)
    length_minutes: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for metadata that Cal.com would refuse (incident F10)."""
        too_long = any(
            len(key) > METADATA_KEY_LENGTH or not isinstance(value, str) or len(value) > METADATA_VALUE_LENGTH
            for key, value in self.metadata.items()
        )
        if too_long or len(self.metadata) > METADATA_KEYS:
            raise ValueError("Metadata are at most 50 strings of 500 characters, their keys of 40.")


@dataclass(frozen=True, kw_only=True)
class SlotReservation:
    """Hides a slot from everybody, its holder included, until ``until``. No lock."""

    uid: str
    event_type_id: int
    start: datetime
    end: datetime
    until: datetime

    def stands_at(self, now: datetime) -> bool:
        """Cal.com hands out expired reservations until somebody asks for slots."""
        return now < self.until


@dataclass(frozen=True, kw_only=True)
class EventType:
    """``slot_interval`` is None where slots follow one another by the event's length.

    ``host_ids`` are the Cal.com users who can be booked by it.
    """

    id: int
    title: str
    slug: str
    length_minutes: int
    length_options: tuple[int, ...]
    slot_interval: int | None
    minimum_notice_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    host_ids: tuple[int, ...]
    owner_id: int | None
    parent_id: int | None
    team_id: int | None
    scheduling_type: str
    requires_confirmation: bool
    hidden: bool
    has_seats: bool = False
    is_recurring: bool = False

    @property
    def is_managed_parent(self) -> bool:
        """The template of its hosts' own event types: has no slots and cannot be booked."""
        return self.scheduling_type == "managed" and self.parent_id is None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A Cal.com user. ``user_id`` is what bookings call their host."""

    user_id: int
    name: str
    email: str
    username: str


@dataclass(frozen=True, kw_only=True)
class Team:
    id: int
    name: str
    is_organization: bool


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Its secret is never read, although Cal.com sends it in clear."""

    id: str
    url: str
    triggers: tuple[str, ...]
    active: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a list of bookings. ``has_next``: there are more."""

    bookings: tuple[Booking, ...]
    has_next: bool


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The rate limit's headers of one answer; None where it had none. ``reset_seconds`` from then on."""

    limit: int | None = None
    remaining: int | None = None
    reset_seconds: float | None = None
    refused: bool = False  # 429
