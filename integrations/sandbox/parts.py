"""What a Cal.com account consists of: users, event types, teams. Plain values, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from appointments.rules.hours import open_periods
from appointments.rules.periods import Period, subtract

# (weekday as ``date.weekday()``, opening minute, closing minute) by the host's wall clock
Hours = tuple[int, int, int]
EVERY_DAY: tuple[Hours, ...] = tuple((weekday, 8 * 60, 20 * 60) for weekday in range(7))
Contact = Literal["email", "phone"]
Scheduling = Literal["roundRobin", "collective", "managed"]


@dataclass(frozen=True, slots=True)
class Host:
    """A user. ``closed`` are local days without hours, ``absences`` periods in UTC."""

    id: int
    name: str
    email: str = ""
    username: str = ""
    time_zone: str = "Europe/Berlin"
    hours: tuple[Hours, ...] = EVERY_DAY
    absences: tuple[Period, ...] = ()
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        first = self.name.split()[0].lower() if self.name else str(self.id)
        object.__setattr__(self, "username", self.username or f"{first}-{self.id}")
        object.__setattr__(self, "email", self.email or f"{first}-{self.id}@salon.example")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def working(self, days: Iterable[date]) -> list[Period]:
        """When this host works on these local days, in UTC, absences taken out."""
        open_ = [
            period
            for day in days
            if day not in self.closed
            for period in open_periods(
                day,
                [(opens, closes) for weekday, opens, closes in self.hours if weekday == day.weekday()],
                self.zone,
            )
        ]
        return subtract(open_, self.absences)


@dataclass(frozen=True, slots=True)
class EventType:
    """``hosts``: ids; one makes it somebody's own, several a round robin. ``length`` and buffers in
    minutes. ``interval``: the grid of slots, ``None``: every ``length``. ``contact``: which of e-mail
    and phone the booking form wants (``phone`` hides the e-mail field).
    """

    id: int
    hosts: tuple[int, ...]
    length: int
    title: str = "Haircut"
    slug: str = ""
    lengths: tuple[int, ...] = ()
    interval: int | None = None
    notice: int = 0
    window_days: int | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    contact: Contact = "email"
    requires_confirmation: bool = False
    scheduling: Scheduling | None = None
    parent_id: int | None = None
    team_id: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "slug", self.slug or f"event-{self.id}")
        if self.scheduling is None and len(self.hosts) > 1:
            object.__setattr__(self, "scheduling", "roundRobin")

    @property
    def is_managed_parent(self) -> bool:
        return self.scheduling == "managed"

    @property
    def is_team(self) -> bool:
        return self.scheduling in ("roundRobin", "collective")


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    name: str
    slug: str = ""
    members: tuple[int, ...] = ()


@dataclass
class Account:
    """Everything the key may see. May be changed while the sandbox runs: hosts leave, types are deleted."""

    hosts: dict[int, Host] = field(default_factory=dict)
    event_types: dict[int, EventType] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)

    @classmethod
    def of(
        cls, hosts: Sequence[Host], event_types: Sequence[EventType] = (), teams: Sequence[Team] = ()
    ) -> "Account":
        return cls(
            {host.id: host for host in hosts},
            {event_type.id: event_type for event_type in event_types},
            {team.id: team for team in teams},
        )

    @property
    def owner(self) -> Host | None:
        """Whose key it is: the first host."""
        return next(iter(self.hosts.values()), None)

    def hosts_of(self, event_type: EventType) -> list[Host]:
        return [self.hosts[number] for number in event_type.hosts if number in self.hosts]
