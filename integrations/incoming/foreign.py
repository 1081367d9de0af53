"""Bookings that people made at Cal.com itself: they become appointments (``architecture.md`` §5)."""

from datetime import datetime, timedelta

from appointments import booking
from appointments.models import Allocation, Appointment, Company, Service, ServicePhase, Staff
from appointments.models.appointment import Status
from appointments.rules.phases import Phase, Plan
from integrations.cases import open_case
from integrations.convergence.attempts import next_generation
from integrations.incoming.attendee import visit_of
from integrations.incoming.known import new_row, put
from integrations.incoming.observed import CASE, IGNORED, TAKEN_OVER, Observed
from integrations.incoming.seen import Seen
from integrations.incoming.syncing import agreed, solve_case_about, solve_overlap
from integrations.models import (
    BookingState,
    CalendarBooking,
    CalendarEventType,
    CalendarHost,
    CaseKind,
    Origin,
)

MINUTE = timedelta(minutes=1)
NAME_LENGTH = 200


def take_over(
    company: Company,
    seen: Seen,
    *,
    now: datetime,
    row: CalendarBooking | None = None,
    old: CalendarBooking | None = None,
) -> Observed:
    """An appointment out of a booking of somebody else's that stands.

    ``row``: the trace of it, if it was believed gone. ``old``: of what it was moved from. Holds in its
    way are lost; an appointment in its way stays, and the new one waits as a conflict.
    """
    staff = staff_of(company, seen)
    event_type = _event_type_of(company, seen)
    if staff is None:
        return IGNORED if event_type is None else _unknown_host(company, seen, now)
    if not staff.branch.calendar_is_on:
        return IGNORED
    service = event_type.service if event_type else _service_for(company, seen)
    appointment = booking.record(
        staff=staff,
        service=service,
        start=seen.start,
        plan=plan_of(service, seen, event_type.phase_position if event_type else 1),
        visit=visit_of(seen, company, now=now),
        now=now,
    )
    _link(appointment, seen, row, old, now)
    agreed(appointment, now=now)
    solve_case_about(company, seen.uid, now=now)
    if event_type is None:
        _note_unknown_event_type(appointment, seen, now)
    return note_conflict(appointment, seen, now=now) or (CASE if event_type is None else TAKEN_OVER)


def staff_of(company: Company, seen: Seen) -> Staff | None:
    if seen.host_id is None:
        return None
    hosts = CalendarHost.objects.filter(company=company, calcom_user_id=seen.host_id)
    host = hosts.select_related("staff__branch__company", "staff__company").first()
    return host.staff if host else None


def _event_type_of(company: Company, seen: Seen) -> CalendarEventType | None:
    if seen.event_type_id is None:
        return None
    known = CalendarEventType.objects.filter(company=company, event_type_id=seen.event_type_id)
    return known.select_related("service").first()


def plan_of(service: Service, seen: Seen, position: int = 1) -> Plan:
    """As long as it was booked, named like the part of the service that the event type stands for."""
    phase = service.phases.filter(position=position).first()
    return Plan(phases=(Phase(phase.name if phase else "", _minutes(seen)),))


def _minutes(seen: Seen) -> int:
    return (seen.end - seen.start) // MINUTE


def _service_for(company: Company, seen: Seen) -> Service:
    """Nobody can book it, but whoever is there takes the stylist's time.

    Named after the event type, not the booking's title: that names the customer.
    """
    name = f"Cal.com: {seen.kind or seen.event_type_id or ''}"[:NAME_LENGTH].strip()
    service, is_new = Service.objects.get_or_create(company=company, name=name, defaults={"active": False})
    if is_new:
        ServicePhase.objects.create(service=service, position=1, minutes=_minutes(seen))
    return service


def _link(
    appointment: Appointment,
    seen: Seen,
    row: CalendarBooking | None,
    old: CalendarBooking | None,
    now: datetime,
) -> None:
    if row is None:
        new_row(appointment.company, seen, now=now, appointment=appointment, old=old)
        return
    put(
        row,
        appointment=appointment,
        generation=next_generation(appointment.pk),
        position=1,
        state=BookingState.EXISTS,
        origin=Origin.FOREIGN,
        calcom_user_id=seen.host_id,
        event_type_id=seen.event_type_id,
        starts_at=seen.start,
        ends_at=seen.end,
        settled_at=now,
        verified_at=now,
        missing_since=None,
        leaving=False,
    )


def note_conflict(appointment: Appointment, seen: Seen, *, now: datetime) -> Observed | None:
    """The case and the alarm, if an appointment is in the way of ``appointment``."""
    if appointment.status != Status.CONFLICT:
        return None
    solve_overlap(appointment.company, seen.uid, now=now)
    open_case(
        CaseKind.CONFLICT,
        company=appointment.company,
        appointment=appointment,
        other=_in_the_way_of(appointment, now),
        uid=seen.uid,
        facts=seen.facts(),
        now=now,
    )
    return CASE


def _in_the_way_of(appointment: Appointment, now: datetime) -> Appointment | None:
    """None if it is the old time of a move that is not decided yet."""
    periods = appointment.plan.taken_at(appointment.starts_at)
    taken = Allocation.objects.conflicting_with(appointment.staff_id, periods).in_force(now)
    first = taken.filter(appointment__isnull=False).select_related("appointment").first()
    return first.appointment if first else None


def _note_unknown_event_type(appointment: Appointment, seen: Seen, now: datetime) -> None:
    open_case(
        CaseKind.UNKNOWN_EVENT_TYPE,
        company=appointment.company,
        appointment=appointment,
        uid=seen.uid,
        facts=seen.facts(),
        now=now,
    )


def _unknown_host(company: Company, seen: Seen, now: datetime) -> Observed:
    """One of our event types with somebody whom we do not know: whose time it takes, a person must say."""
    open_case(CaseKind.UNKNOWN_HOST, company=company, uid=seen.uid, facts=seen.facts(), now=now)
    return CASE
