"""Our own words for each message; a company may have its own (``MessageTemplate``)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, translation
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from integrations.messaging.links import link_to
from integrations.models import MessageKind, MessageTemplate
from integrations.placeholders import fill

_OURS = {
    MessageKind.CONFIRMATION: (
        _("Your appointment on {date} at {time}"),
        _(
            "Hello {name},\n\nyour appointment is booked: {service} with {staff}, {date} at {time}, "
            "{salon}, {branch}.\n\nYou can look at it, move it or cancel it here:\n{link}\n\n"
            "We look forward to seeing you!\n{salon}"
        ),
    ),
    MessageKind.CHANGE: (
        _("Changed: your appointment is now on {date} at {time}"),
        _(
            "Hello {name},\n\nyour appointment has changed. The new one: {service} with {staff}, {date} "
            "at {time}, {salon}, {branch}.\n\nYou can look at it, move it or cancel it here:\n{link}\n\n"
            "{salon}"
        ),
    ),
    MessageKind.CANCELLATION: (
        _("Cancelled: your appointment on {old_date} at {old_time}"),
        _(
            "Hello {name},\n\nyour appointment on {old_date} at {old_time} ({service}) is cancelled.\n\n"
            "We would be glad to see you another time.\n{salon}"
        ),
    ),
    MessageKind.REMINDER: (
        _("Reminder: your appointment on {date} at {time}"),
        _(
            "Hello {name},\n\na short reminder: {service} with {staff}, {date} at {time}, {salon}, {branch}."
            "\n\nIf you cannot come, please tell us here:\n{link}\n\n{salon}"
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """``text`` is plain; the HTML part is made of it."""

    subject: str
    text: str


def template_of(company_id: int, kind: str, language: str) -> Wording:
    """The company's own words, or ours, with the placeholders still in them."""
    own = MessageTemplate.objects.filter(company=company_id, kind=kind, language=language).first()
    if own is not None:
        return Wording(own.subject, own.text)
    with translation.override(language):
        subject, text = _OURS[MessageKind(kind)]
        return Wording(str(subject), str(text))


def worded(appointment: Appointment, kind: str, language: str, old_start: datetime | None) -> Wording:
    """The message as it is sent. ``old_start``: what the customer knew until now."""
    template = template_of(appointment.company_id, kind, language)
    facts = facts_of(appointment, language, old_start)
    return Wording(
        " ".join(fill(template.subject, facts).split()), fill(template.text, facts).replace("\r\n", "\n")
    )


def facts_of(appointment: Appointment, language: str, old_start: datetime | None) -> dict[str, str]:
    """What the placeholders stand for; days and times by the branch's clock, in the customer's language."""
    old = old_start or appointment.starts_at
    with translation.override(language):
        return {
            "name": appointment.attendee,
            "first_name": (appointment.attendee.split() or [""])[0],
            "salon": appointment.company.name,
            "branch": appointment.branch.name,
            "service": appointment.service.name,
            "staff": appointment.staff.name,
            "date": day_of(appointment.starts_at, appointment),
            "time": time_of(appointment.starts_at, appointment),
            "old_date": day_of(old, appointment),
            "old_time": time_of(old, appointment),
            "link": link_to(appointment),
        }


def day_of(instant: datetime, appointment: Appointment) -> str:
    local = instant.astimezone(appointment.branch.zone)
    german = translation.get_language() == "de"
    return formats.date_format(local, "l, j. F" if german else "l, j F")


def time_of(instant: datetime, appointment: Appointment) -> str:
    clock = f"{instant.astimezone(appointment.branch.zone):%H:%M}"
    return f"{clock} Uhr" if translation.get_language() == "de" else clock
