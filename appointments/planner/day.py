"""The day as plain values: one column for each stylist."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Q

from appointments.access import Access
from appointments.missed import times_missed
from appointments.models import Appointment, Branch, OpeningHours, Reservation, Staff, WorkingHours
from appointments.models.appointment import Status
from appointments.planner.rows import absences_of, appointments_of, holds_of, span_of
from appointments.rules.holidays import holiday_name
from appointments.rules.hours import open_periods
from appointments.rules.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A phase. While it is not ``busy`` the stylist can serve somebody else."""

    name: str
    start: datetime
    end: datetime
    busy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An appointment. ``conflict``: it stands outside, and its time here belongs to another. ``missed``: how
    often its customer did not come at other times.
    """

    id: int
    revision: int
    start: datetime
    end: datetime
    service: str
    attendee: str
    status: str
    source: str
    conflict: bool
    missed: int
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Time that a running call is being promised. Who calls does not show."""

    start: datetime
    end: datetime
    service: str
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class Column:
    """``working``: hours of this day, absences not taken out; ``breaks`` are what lies between them."""

    staff_id: int
    name: str
    working: Sequence[Period]
    breaks: Sequence[Period]
    absences: list[Period] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    @property
    def entries(self) -> list[tuple[str, Period | Visit | Hold]]:
        """Everything by its start, each with what it is: ``break``, ``away``, ``hold``, ``visit``."""
        kinds: dict[str, Sequence[Period] | Sequence[Visit] | Sequence[Hold]] = {
            "break": self.breaks,
            "away": self.absences,
            "hold": self.holds,
            "visit": self.visits,
        }
        every: list[tuple[str, Period | Visit | Hold]] = [
            (kind, one) for kind, several in kinds.items() for one in several
        ]
        return sorted(every, key=lambda entry: entry[1].start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All instants are in UTC; ``holiday`` is its name, or empty."""

    branch_id: int
    date: date
    holiday: str
    columns: Sequence[Column]


def day_of(access: Access, branch: Branch, day: date, *, now: datetime, staff: int | None = None) -> Day:
    """What ``access`` may see of the branch's local day: eight queries, whatever the rows. ``staff``: the
    column of this stylist only.
    """
    span = span_of(branch, day)
    rows = appointments_of(access, branch, span).select_related("service", "customer")
    appointments = list(rows.prefetch_related("phases"))
    holiday = holiday_name(day, branch.company.holidays) or ""
    columns = {
        person.pk: _column(person, [] if holiday else hours)
        for person, hours in _hours(access, branch, day, {each.staff_id for each in appointments})
    }
    missed = times_missed(each.customer_id for each in appointments)
    for appointment in appointments:
        if appointment.staff_id in columns:
            times = missed.get(appointment.customer_id or 0, 0)
            columns[appointment.staff_id].visits.append(_visit(appointment, times))
    for hold in holds_of(access, branch, span, now).select_related("service"):
        if hold.staff_id in columns:
            columns[hold.staff_id].holds.append(_hold(hold))
    for absence in absences_of(access, branch, span):
        if absence.staff_id in columns:
            columns[absence.staff_id].absences.append(
                Period(max(absence.starts_at, span.start), min(absence.ends_at, span.end))
            )
    shown = [column for column in columns.values() if staff is None or column.staff_id == staff]
    return Day(branch_id=branch.pk, date=day, holiday=holiday, columns=shown)


def _hours(
    access: Access, branch: Branch, day: date, busy_staff: Iterable[int]
) -> list[tuple[Staff, list[Period]]]:
    """Who works here, and who has left but still has appointments, with the hours of the day."""
    people = access.scope(
        Staff.objects.filter(branch=branch).filter(Q(active=True) | Q(pk__in=busy_staff)),
        branch="branch",
        staff="pk",
    )
    own: dict[int, list[tuple[int, int]]] = defaultdict(list)
    weekly = WorkingHours.objects.filter(staff__branch=branch, weekday=day.weekday())
    for staff_id, start, end in weekly.values_list("staff", "start_minute", "end_minute"):
        own[staff_id].append((start, end))
    opening = OpeningHours.objects.filter(branch=branch, weekday=day.weekday())
    salon = list(opening.values_list("start_minute", "end_minute"))
    return [
        (
            person,
            open_periods(day, salon if person.follows_branch_hours else own[person.pk], branch.zone),
        )
        for person in people.order_by("name", "pk")
    ]


def _column(person: Staff, working: Sequence[Period]) -> Column:
    breaks = [Period(before.end, after.start) for before, after in pairwise(working)]
    return Column(staff_id=person.pk, name=person.name, working=working, breaks=breaks)


def _visit(appointment: Appointment, missed: int) -> Visit:
    return Visit(
        id=appointment.pk,
        revision=appointment.revision,
        start=appointment.starts_at,
        end=appointment.ends_at,
        service=appointment.service.name,
        attendee=appointment.attendee,
        status=appointment.status,
        source=appointment.source,
        conflict=appointment.status == Status.CONFLICT,
        missed=missed - (appointment.status == Status.NO_SHOW),
        parts=[
            Part(name=phase.name, start=phase.starts_at, end=phase.ends_at, busy=phase.busy)
            for phase in sorted(appointment.phases.all(), key=lambda phase: phase.position)
        ],
    )


def _hold(hold: Reservation) -> Hold:
    return Hold(start=hold.starts_at, end=hold.ends_at, service=hold.service.name, expires_at=hold.expires_at)
