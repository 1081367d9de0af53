"""Cal.com's answers taken apart: strict about what we need, patient about the rest.

Shapes: recordings of a server of July 2026 and the vendor's document of March 2026.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from integrations.calcom import types


def _whole_or_none(value: Any) -> int | None:
    """An id, or nothing: a host that was removed has an id of words."""
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> dict[str, str]:
    """Metadata of other programs can hold anything; ours are strings (incident F10)."""
    return {str(key): str(entry) for key, entry in value.items()} if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


Instant = Annotated[AwareDatetime, AfterValidator(lambda instant: instant.astimezone(UTC))]
MaybeId = Annotated[int | None, BeforeValidator(_whole_or_none)]
Minutes = Annotated[int, BeforeValidator(lambda value: _whole_or_none(value) or 0)]
Text = Annotated[str, BeforeValidator(_text)]
Metadata = Annotated[dict[str, str], BeforeValidator(_texts)]


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)


class Host(_Wire):
    id: MaybeId = None
    user_id: MaybeId = None


class Attendee(_Wire):
    name: Text = ""
    email: Text = ""
    phone_number: Text = ""


Hosts = Annotated[list[Host], BeforeValidator(_list)]


class Booking(_Wire):
    uid: str = Field(min_length=1)
    status: str
    start: Instant
    end: Instant
    hosts: Hosts = []
    event_type_id: MaybeId = None
    title: Text = ""
    attendees: Annotated[list[Attendee], BeforeValidator(_list)] = []
    metadata: Metadata = {}
    created_at: Instant | None = None
    updated_at: Instant | None = None
    rescheduled_from_uid: str | None = None
    rescheduled_to_uid: str | None = None

    def value(self) -> types.Booking:
        attendee = self.attendees[0] if self.attendees else Attendee()
        return types.Booking(
            uid=self.uid,
            status=self.status.lower(),
            start=self.start,
            end=self.end,
            host_id=self.hosts[0].id if self.hosts else None,
            event_type_id=self.event_type_id,
            title=self.title,
            attendee_name=attendee.name,
            attendee_email=attendee.email,
            attendee_phone=attendee.phone_number,
            metadata=self.metadata,
            created_at=self.created_at,
            updated_at=self.updated_at,
            rescheduled_from=self.rescheduled_from_uid or None,
            rescheduled_to=self.rescheduled_to_uid or None,
        )


class SlotReservation(_Wire):
    reservation_uid: str = Field(min_length=1)
    event_type_id: int
    slot_start: Instant
    slot_end: Instant
    reservation_until: Instant

    def value(self) -> types.SlotReservation:
        return types.SlotReservation(
            uid=self.reservation_uid,
            event_type_id=self.event_type_id,
            start=self.slot_start,
            end=self.slot_end,
            until=self.reservation_until,
        )


class Slot(_Wire):
    start: Instant


class EventType(_Wire):
    id: int
    title: Text = ""
    slug: Text = ""
    length_in_minutes: int
    length_in_minutes_options: Annotated[list[int], BeforeValidator(_list)] = []
    slot_interval: MaybeId = None
    minimum_booking_notice: Minutes = 0
    before_event_buffer: Minutes = 0
    after_event_buffer: Minutes = 0
    hosts: Hosts = []  # of a team's event type
    users: Hosts = []  # of a person's own
    owner_id: MaybeId = None
    parent_event_type_id: MaybeId = None
    team_id: MaybeId = None
    scheduling_type: Text = ""
    confirmation_policy: Any = None
    seats: Any = None
    recurrence: Any = None
    hidden: bool = False

    def value(self) -> types.EventType:
        return types.EventType(
            id=self.id,
            title=self.title,
            slug=self.slug,
            length_minutes=self.length_in_minutes,
            length_options=tuple(self.length_in_minutes_options),
            slot_interval=self.slot_interval,
            minimum_notice_minutes=self.minimum_booking_notice,
            buffer_before_minutes=self.before_event_buffer,
            buffer_after_minutes=self.after_event_buffer,
            host_ids=self._host_ids(),
            owner_id=self.owner_id,
            parent_id=self.parent_event_type_id,
            team_id=self.team_id,
            scheduling_type=self.scheduling_type.lower(),
            requires_confirmation=_is_on(self.confirmation_policy, "type"),
            hidden=self.hidden,
            has_seats=_is_on(self.seats, "seatsPerTimeSlot"),
            is_recurring=_is_on(self.recurrence, "frequency"),
        )

    def _host_ids(self) -> tuple[int, ...]:
        """Of a managed event type's child nobody is listed: it is its owner's."""
        listed = [host.user_id or host.id for host in (*self.hosts, *self.users)]
        found = [host_id for host_id in listed if host_id] or [self.owner_id or 0]
        return tuple(dict.fromkeys(host_id for host_id in found if host_id))


def _is_on(setting: Any, key: str) -> bool:
    """Cal.com writes what is off as null, or as ``{"disabled": true}``."""
    return isinstance(setting, Mapping) and key in setting and not setting.get("disabled")


class MemberUser(_Wire):
    name: Text = ""
    email: Text = ""
    username: Text = ""


class Membership(_Wire):
    user_id: int
    user: MemberUser = MemberUser()

    def value(self) -> types.Member:
        user = self.user
        return types.Member(user_id=self.user_id, name=user.name, email=user.email, username=user.username)


class Me(MemberUser):
    id: int

    def value(self) -> types.Member:
        return types.Member(user_id=self.id, name=self.name, email=self.email, username=self.username)


class Team(_Wire):
    id: int
    name: Text = ""
    is_organization: bool = False

    def value(self) -> types.Team:
        return types.Team(id=self.id, name=self.name, is_organization=self.is_organization)


class Webhook(_Wire):
    # A number by the vendor's document, a uuid by their server.
    id: Annotated[str, BeforeValidator(str)]
    subscriber_url: str
    triggers: Annotated[list[str], BeforeValidator(_list)] = []
    active: bool = True

    def value(self) -> types.Webhook:
        return types.Webhook(
            id=self.id, url=self.subscriber_url, triggers=tuple(self.triggers), active=self.active
        )


class Pagination(_Wire):
    has_next_page: bool = False


def instant(value: datetime) -> str:
    """As Cal.com wants it: UTC, to the second, with a Z. Raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError("Instants are aware.")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
