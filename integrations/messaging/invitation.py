"""The calendar entry that comes with a message: one UID for the life of an appointment, RFC 5545 and 5546."""

from datetime import UTC, datetime
from email.utils import parseaddr

from icalendar import Calendar, Event, vCalAddress, vText

from appointments.models import Appointment

UID_DOMAIN = "terminfest.invalid"


def invitation(
    appointment: Appointment,
    *,
    sequence: int,
    cancelled: bool,
    sender: str,
    recipient: str,
    now: datetime,
    method: str = "",
) -> str:
    """``sender`` is "Name <address>"; ``method`` is RFC 5546's, by itself REQUEST or CANCEL.

    A higher ``sequence`` replaces what a calendar holds of this UID.
    """
    event = Event()
    event.add("uid", f"appointment-{appointment.pk}@{UID_DOMAIN}")
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", f"{appointment.service.name}, {appointment.company.name}")
    event.add("location", f"{appointment.company.name}, {appointment.branch.name}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    name, address = parseaddr(sender)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(name or appointment.company.name)
    event["organizer"] = organizer
    if recipient:
        attendee = vCalAddress(f"mailto:{recipient}")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event["attendee"] = attendee

    calendar = Calendar()
    calendar.add("prodid", "-//Terminfest//Termine//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method or ("CANCEL" if cancelled else "REQUEST"))
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
