"""What stands in a stylist's calendar program: when they work on whom, and nobody's telephone number."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from appointments.models import Appointment, AppointmentPhase, Staff
from appointments.models.appointment import BLOCKING, Status

BEFORE, AFTER = timedelta(days=14), timedelta(days=60)
SHOWN = (*BLOCKING, Status.COMPLETED, Status.NO_SHOW)
# How often a calendar program should ask.
REFRESH = timedelta(minutes=15)


def calendar_of(staff: Staff, *, now: datetime) -> bytes:
    """ICalendar (RFC 5545), in two queries. Cancelled appointments are gone; programs take them out.

    The same as long as nothing changes: nothing in it says when it was asked for.
    """
    zone = staff.branch.zone
    calendar = Calendar()
    calendar.add("prodid", "-//Terminfest//feed//DE")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    title = _("%(stylist)s, appointments") % {"stylist": staff.name}
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for appointment in _appointments(staff, now):
        for number, run in enumerate(_runs(appointment), start=1):
            calendar.add_component(_event(appointment, number, run, zone))
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _appointments(staff: Staff, now: datetime) -> Iterator[Appointment]:
    rows = (
        Appointment.objects.filter(staff=staff, status__in=SHOWN)
        .starting_between(now - BEFORE, now + AFTER)
        .select_related("service", "customer")
        .prefetch_related("phases")
        .order_by("starts_at", "pk")
    )
    yield from rows


def _runs(appointment: Appointment) -> Iterator[list[AppointmentPhase]]:
    """Phases that need the stylist, those without a break between them together."""
    run: list[AppointmentPhase] = []
    for phase in sorted(appointment.phases.all(), key=lambda each: each.position):
        if not phase.busy:
            continue
        if run and run[-1].ends_at != phase.starts_at:
            yield run
            run = []
        run.append(phase)
    if run:
        yield run


def _event(appointment: Appointment, number: int, run: list[AppointmentPhase], zone: ZoneInfo) -> Event:
    """Its UID stays as long as the appointment does; its sequence grows with every change."""
    event = Event()
    event.add("uid", f"{appointment.pk}-{number}@feed.terminfest")
    event.add("sequence", appointment.revision)
    event.add("dtstamp", appointment.updated_at)
    event.add("last-modified", appointment.updated_at)
    event.add("dtstart", run[0].starts_at.astimezone(zone))
    event.add("dtend", run[-1].ends_at.astimezone(zone))
    who = short_name(appointment.attendee)
    event.add("summary", ", ".join(part for part in (appointment.service.name, who) if part))
    names = [phase.name for phase in run if phase.name]
    if names:
        event.add("description", ", ".join(names))
    event.add("status", "TENTATIVE" if appointment.status == Status.PROVISIONAL else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def short_name(name: str) -> str:
    """``"Jana Probst"`` is ``"Jana P."``: enough for the stylist, little for whoever finds the phone."""
    first, *others = name.split() or [""]
    return f"{first} {others[-1][0]}." if others else first
