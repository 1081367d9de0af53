"""The whole salon file as models. Unknown keys are errors, so that a misspelt one is noticed.

The parts stored by other apps stand here too: the file is one document. Types are strict: YAML has
its own, and a number in quotes is a mistake.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from appointments.models.company import Weekday
from appointments.rules.hours import midnight
from appointments.rules.periods import Period
from appointments.rules.phases import Phase, Plan
from appointments.salon.values import (
    Amount,
    CalendarId,
    DayOrTime,
    Email,
    Hours,
    HoursPair,
    Minutes,
    Name,
    PhaseMinutes,
    PhoneNumber,
    Region,
    Slug,
    Text,
    TimeZoneName,
)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CompanyPart(Part):
    name: Name
    slug: Slug
    timezone: TimeZoneName = "Europe/Berlin"
    holidays: Region = ""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class WeekPart(Part):
    """Pairs of hours for each weekday; a day that is not named has none."""

    mon: list[HoursPair] = []
    tue: list[HoursPair] = []
    wed: list[HoursPair] = []
    thu: list[HoursPair] = []
    fri: list[HoursPair] = []
    sat: list[HoursPair] = []
    sun: list[HoursPair] = []

    def pairs(self) -> list[tuple[Weekday, Hours]]:
        return [
            (weekday, hours)
            for weekday, day in zip(Weekday, type(self).model_fields, strict=True)
            for hours in getattr(self, day)
        ]


class BranchPart(Part):
    name: Name
    phone_numbers: list[PhoneNumber] = []
    retell_agents: list[Name] = []
    opening_hours: WeekPart = WeekPart()
    minimum_notice_minutes: Annotated[int, Field(ge=0, le=525_600)] = 15
    horizon_days: Annotated[int, Field(ge=1, le=1_830)] = 180
    slot_minutes: Annotated[int, Field(ge=1, le=1_440)] = 5
    calendar: Literal["mirror", "strict", "off"] = "mirror"


class AbsencePart(Part):
    """Dates are whole days, the last one included; times without an offset are the company's."""

    first: DayOrTime = Field(alias="from")
    last: DayOrTime = Field(alias="to")
    reason: Annotated[str, StringConstraints(max_length=200)] = ""

    def period(self, zone: ZoneInfo) -> Period:
        """Half-open, in UTC. It may be empty or turned round: that is for ``meaning`` to say."""
        start = self.first if isinstance(self.first, datetime) else midnight(self.first, zone)
        end = self.last if isinstance(self.last, datetime) else midnight(_next_day(self.last), zone, fold=1)
        return Period(_aware(start, zone, fold=0), _aware(end, zone, fold=1))


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


def _aware(moment: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """In the doubled hour of autumn an absence is taken at its longest."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone, fold=fold)
    return local.astimezone(UTC)


class DurationPart(Part):
    """One number for a service of one phase, or one for each of its phases."""

    service: Name
    minutes: PhaseMinutes | None = None
    phases: list[PhaseMinutes] | None = None

    def phase_minutes(self) -> list[int]:
        return [self.minutes] if self.minutes is not None else self.phases or []


class StaffPart(Part):
    """``working_hours`` and ``services`` left out mean the branch's, and all."""

    name: Name
    branch: Name
    nicknames: list[Text] = []
    email: Email | None = None
    calcom_user_id: CalendarId | None = None
    working_hours: WeekPart | None = None
    services: list[Name] | None = None
    absences: list[AbsencePart] = []
    durations: list[DurationPart] = []


class PhasePart(Part):
    name: Name
    minutes: PhaseMinutes
    busy: bool = True


class ServicePart(Part):
    """Either ``minutes``, or ``phases`` whose sum is the length."""

    name: Name
    minutes: PhaseMinutes | None = None
    phases: list[PhasePart] | None = None
    price: Amount | None = None
    synonyms: list[Text] = []
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    calendar_layout: Literal["phases", "block"] = "phases"

    def plan(self) -> Plan:
        """As the calendar sees it, in a branch whose calendar is on."""
        if self.minutes is not None:
            phases = [Phase("", self.minutes)]
        else:
            phases = [Phase(phase.name, phase.minutes, phase.busy) for phase in self.phases or []]
        return Plan(
            phases=tuple(phases),
            buffer_before=self.buffer_before_minutes,
            buffer_after=self.buffer_after_minutes,
            blocks_span=self.calendar_layout == "block",
        )


class FeePart(Part):
    """Whoever cancels ``hours`` before the start or earlier, down to the next step, pays ``amount``."""

    hours: Annotated[int, Field(ge=0, le=8_760)]
    amount: Amount


class PoliciesPart(Part):
    """What is left out is not limited."""

    cancel_hours_before: Annotated[int, Field(ge=0, le=8_760)] | None = None
    reschedule_hours_before: Annotated[int, Field(ge=0, le=8_760)] | None = None
    max_reschedules: Annotated[int, Field(ge=0, le=1_000)] | None = None
    max_open_appointments: Annotated[int, Field(ge=1, le=1_000)] | None = None
    fees: list[FeePart] = []


class EventTypePart(Part):
    """The calendar's name for one run of one service by one stylist."""

    staff: Name
    service: Name
    phase: Name | None = None
    id: CalendarId


class SalonFile(Part):
    company: CompanyPart
    branches: Annotated[list[BranchPart], Field(min_length=1)]
    staff: list[StaffPart] = []
    services: list[ServicePart] = []
    policies: PoliciesPart | None = None
    calendar_event_types: list[EventTypePart] = []

    def service(self, name: str) -> ServicePart | None:
        return next((service for service in self.services if service.name == name), None)
