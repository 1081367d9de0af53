"""A template with the facts of nobody, to look at before anybody gets it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from appointments.models import Branch, Service, Staff
from integrations.messaging.stopping import footer
from integrations.messaging.wording import (
    Wording,
    day_of,
    facts_of_branch,
    facts_of_name,
    filled,
    time_of,
)
from integrations.models import Medium, MessageKind, MessageTemplate

_SHORT = "https://…"
_SIGNATURE = "x" * 43


def example_of(template: MessageTemplate) -> Wording:
    """By the company's first branch, service and stylist; tomorrow week at two. With what is put below."""
    company = template.company
    stored = Wording(template.subject, template.text)
    branch = Branch.objects.filter(company=company).order_by("pk").first()
    if branch is None:
        return stored
    branch.company = company
    start = (timezone.now().astimezone(company.zone) + timedelta(days=8)).replace(hour=14, minute=0)
    with translation.override(template.language):
        facts = _facts(branch, start) | {"link": _link(template)}
        shown = filled(stored, facts, template.medium)
        return Wording(shown.subject, shown.text + footer(template.medium, shown.text, _stop_link(template)))


def _facts(branch: Branch, start: datetime) -> dict[str, str]:
    company = branch.company
    service = Service.objects.filter(company=company).order_by("pk").values_list("name", flat=True).first()
    staff = Staff.objects.filter(company=company).order_by("pk").values_list("name", flat=True).first()
    old = start - timedelta(days=1)
    day, time = day_of(start, branch.zone), time_of(start, branch.zone)
    return {
        **facts_of_branch(branch),
        **facts_of_name("Jana Probst"),
        "service": service or "",
        "staff": staff or "",
        "date": day,
        "time": time,
        "old_date": day_of(old, branch.zone),
        "old_time": time_of(old, branch.zone),
        "until": f"{day}, {time}",
    }


def _link(template: MessageTemplate) -> str:
    """Of an SMS as long as a real one: what is counted has to be right."""
    if template.medium != Medium.SMS:
        return _SHORT
    if template.kind == MessageKind.OFFER:
        return _address("my-offer", "12345-123-1800000000.1abcde." + _SIGNATURE)
    return _address("my-appointment", "12345.1abcde." + _SIGNATURE)


def _stop_link(template: MessageTemplate) -> str:
    return _address("stop-messages", "1abc." + "x" * 16) if template.medium == Medium.SMS else _SHORT


def _address(name: str, token: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, args=[token])
