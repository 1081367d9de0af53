"""What should stand at Cal.com for an appointment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from appointments.models import Appointment
from appointments.models.appointment import Source, Status
from appointments.rules.periods import Period
from appointments.rules.phases import Run
from integrations.models import CalendarBooking, CalendarEventType, CalendarHost

# What these say has happened or is a case; the calendar is left as it is.
LEFT_ALONE = (Status.COMPLETED, Status.NO_SHOW, Status.CONFLICT)


class Segment(NamedTuple):
    """One booking that should stand: a run of busy phases. Instants in UTC, without buffers.

    ``host_id`` is the stylist's user at Cal.com; ``position`` the run's (``Plan.runs()``, the one
    derivation: incidents E11, E12).
    """

    position: int
    name: str
    host_id: int
    event_type_id: int
    start: datetime
    end: datetime

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``segments`` should stand and nothing else of this appointment. ``unmapped``: the parts for
    which Cal.com has no stylist or event type (incidents 1, E1). ``leave``: nothing is to be done.
    """

    segments: Sequence[Segment] = ()
    unmapped: Sequence[str] = ()
    leave: bool = False


def schedule_key(appointment: Appointment) -> str:
    """Changes exactly when something else should stand in the calendar."""
    if not appointment.is_blocking:
        return str(appointment.status)
    start, end = appointment.starts_at.timestamp(), appointment.ends_at.timestamp()
    return f"{appointment.staff_id}/{appointment.service_id}/{start:.0f}-{end:.0f}"


def wanted_of(appointment: Appointment, rows: Sequence[CalendarBooking], *, now: datetime) -> Wanted:
    """``rows``: what stands, may stand or stood there for it. Two queries at most."""
    over = appointment.ends_at <= now
    if over or appointment.status in LEFT_ALONE or not appointment.branch.calendar_is_on:
        return Wanted(leave=True)
    if not appointment.is_blocking:
        return Wanted()
    host = CalendarHost.objects.filter(staff=appointment.staff_id).first()
    if host is None:
        return Wanted(unmapped=[appointment.staff.name])
    runs = appointment.plan.runs()
    # Moved here, it has all parts of its service, and they stand like those of our own.
    if appointment.source == Source.CALENDAR and len(runs) == 1:
        return _wanted_of_foreign(appointment, rows, host)
    event_types = dict(
        CalendarEventType.objects.filter(
            staff=appointment.staff_id, service=appointment.service_id
        ).values_list("phase_position", "event_type_id")
    )
    unmapped = [run.name or appointment.service.name for run in runs if run.position not in event_types]
    if unmapped:
        return Wanted(unmapped=unmapped)
    start = appointment.starts_at
    return Wanted([_segment(run, start, host, event_types[run.position]) for run in runs])


def misplaced(
    appointment: Appointment, standing: Sequence[CalendarBooking], *, now: datetime
) -> list[CalendarBooking]:
    """Of ``standing`` what is certainly not where the appointment is, though nobody can say where it should
    stand: at another time, or with the user of another stylist. What has ended is nobody's affair.
    """
    places = [run.at(appointment.starts_at) for run in appointment.plan.runs()]
    others = CalendarHost.objects.filter(company=appointment.company_id).exclude(staff=appointment.staff_id)
    elsewhere = set(others.values_list("calcom_user_id", flat=True))
    coming = [row for row in standing if row.ends_at > now]
    return [row for row in coming if row.period not in places or row.calcom_user_id in elsewhere]


def _segment(run: Run, start: datetime, host: CalendarHost, event_type_id: int) -> Segment:
    period = run.at(start)
    return Segment(run.position, run.name, host.calcom_user_id, event_type_id, period.start, period.end)


def _wanted_of_foreign(
    appointment: Appointment, rows: Sequence[CalendarBooking], host: CalendarHost
) -> Wanted:
    """What a customer booked at Cal.com keeps the event type it was booked with, which may be one
    part of a service only. With another stylist it needs one of theirs that is as long.
    """
    minutes = appointment.ends_at - appointment.starts_at
    same_host = [row for row in rows if row.calcom_user_id == host.calcom_user_id and row.event_type_id]
    event_type_id = same_host[-1].event_type_id if same_host else None
    if event_type_id is None:
        event_type_id = (
            CalendarEventType.objects.filter(
                staff=appointment.staff_id,
                service=appointment.service_id,
                length_minutes=int(minutes.total_seconds()) // 60,
            )
            .values_list("event_type_id", flat=True)
            .first()
        )
    if event_type_id is None:
        return Wanted(unmapped=[appointment.service.name])
    run = appointment.plan.runs()[0]
    return Wanted([_segment(run, appointment.starts_at, host, event_type_id)])
