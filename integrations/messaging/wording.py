"""The words of each message: a company's own (``MessageTemplate``), or ours, with the facts in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation

from appointments.models import Appointment, Branch, BranchPhoneNumber
from appointments.phones import display_phone
from integrations.messaging import gsm, texts
from integrations.messaging.links import link_to
from integrations.models import Medium, MessageTemplate
from integrations.placeholders import fill


@dataclass(frozen=True, slots=True)
class Wording:
    """``text`` is plain; the HTML part of an e-mail is made of it. An SMS has no subject."""

    subject: str
    text: str


def template_of(company_id: int, kind: str, language: str, medium: str = Medium.EMAIL) -> Wording:
    """The company's own words, or ours, with the placeholders still in them."""
    own = MessageTemplate.objects.filter(company=company_id, kind=kind, language=language, medium=medium)
    template = own.first()
    if template is not None:
        return Wording(template.subject, template.text)
    with translation.override(language):
        return Wording(*texts.ours(medium, kind))


def worded(
    appointment: Appointment,
    kind: str,
    language: str,
    old_start: datetime | None,
    medium: str = Medium.EMAIL,
) -> Wording:
    """The message as it is sent. ``old_start``: what the customer knew until now."""
    template = template_of(appointment.company_id, kind, language, medium)
    return filled(template, facts_of(appointment, language, old_start), medium)


def filled(template: Wording, facts: Mapping[str, str], medium: str) -> Wording:
    text = fill(template.text, facts).replace("\r\n", "\n")
    if medium == Medium.SMS:
        return Wording("", gsm.plain(text).strip())
    return Wording(" ".join(fill(template.subject, facts).split()), text)


def facts_of(appointment: Appointment, language: str, old_start: datetime | None) -> dict[str, str]:
    """What the placeholders stand for; days and times by the branch's clock, in the customer's language."""
    old = old_start or appointment.starts_at
    zone = appointment.branch.zone
    with translation.override(language):
        return {
            **facts_of_branch(appointment.branch),
            **facts_of_name(appointment.attendee),
            "service": appointment.service.name,
            "staff": appointment.staff.name,
            "date": day_of(appointment.starts_at, zone),
            "time": time_of(appointment.starts_at, zone),
            "old_date": day_of(old, zone),
            "old_time": time_of(old, zone),
            "link": link_to(appointment),
        }


def facts_of_branch(branch: Branch) -> dict[str, str]:
    """One query, for the number at which it can be called."""
    number = BranchPhoneNumber.objects.filter(branch=branch).order_by("pk").values_list("number", flat=True)
    return {
        "salon": branch.company.name,
        "branch": branch.name,
        "phone": display_phone(number.first()),
    }


def facts_of_name(name: str) -> dict[str, str]:
    return {"name": name, "first_name": (name.split() or [""])[0]}


def day_of(instant: datetime, zone: ZoneInfo) -> str:
    """In the language that is active."""
    german = translation.get_language() == "de"
    return formats.date_format(instant.astimezone(zone), "l, j. F" if german else "l, j F")


def time_of(instant: datetime, zone: ZoneInfo) -> str:
    clock = f"{instant.astimezone(zone):%H:%M}"
    return f"{clock} Uhr" if translation.get_language() == "de" else clock
