"""A template with the facts of nobody, to look at before anybody gets it."""

from datetime import datetime, timedelta

from django.utils import timezone, translation

from appointments.models import Appointment, Branch, Service, Staff
from integrations.messaging.wording import Wording, day_of, time_of
from integrations.models import MessageTemplate
from integrations.placeholders import fill


def example_of(template: MessageTemplate) -> Wording:
    """By the company's first branch, service and stylist; tomorrow week at two."""
    company = template.company
    branch = Branch.objects.filter(company=company).order_by("pk").first()
    if branch is None:
        return Wording(template.subject, template.text)
    branch.company = company
    start = (timezone.now().astimezone(company.zone) + timedelta(days=8)).replace(hour=14, minute=0)
    with translation.override(template.language):
        return Wording(
            " ".join(fill(template.subject, _facts(branch, start)).split()),
            fill(template.text, _facts(branch, start)),
        )


def _facts(branch: Branch, start: datetime) -> dict[str, str]:
    company = branch.company
    service = Service.objects.filter(company=company).order_by("pk").values_list("name", flat=True).first()
    staff = Staff.objects.filter(company=company).order_by("pk").values_list("name", flat=True).first()
    shown = Appointment(branch=branch)
    old = start - timedelta(days=1)
    return {
        "name": "Jana Probst",
        "first_name": "Jana",
        "salon": company.name,
        "branch": branch.name,
        "service": service or "",
        "staff": staff or "",
        "date": day_of(start, shown),
        "time": time_of(start, shown),
        "old_date": day_of(old, shown),
        "old_time": time_of(old, shown),
        "link": "https://…",
    }
