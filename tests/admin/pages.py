"""The forms of the admin as a browser fills them in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment
from tests.salons import Salon

ADD = reverse("admin:appointments_appointment_add")
LIST = reverse("admin:appointments_appointment_changelist")
NO_PHASES = {"phases-TOTAL_FORMS": "0", "phases-INITIAL_FORMS": "0"}


def change_url(appointment: Appointment) -> str:
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])


def typed(salon: Salon, day: str, clock: str, **facts: Any) -> dict[str, Any]:
    """What is in the form for an appointment: a perm with Emma unless ``facts`` say otherwise."""
    return {
        "branch": salon.branch.pk,
        "staff": salon.emma.pk,
        "service": salon.perm.pk,
        "starts_at_0": day,
        "starts_at_1": clock,
        "customer": "",
        "attendee_name": "",
        "contact_phone": "",
        "notes": "",
        "price": "",
        "seen_revision": "0",
        **NO_PHASES,
        **facts,
    }


def form_of(desk: Client, url: str) -> dict[str, Any]:
    """What the page shows in its form, ready to be sent back."""
    form = desk.get(url).context["adminform"].form
    data: dict[str, Any] = {**NO_PHASES}
    for bound in form:
        value = bound.value()
        if bound.name == "starts_at":
            data["starts_at_0"], data["starts_at_1"] = bound.field.widget.decompress(value)
            data["starts_at_0"] = f"{data['starts_at_0']:%d.%m.%Y}"
            data["starts_at_1"] = f"{data['starts_at_1']:%H:%M}"
        else:
            data[bound.html_name] = "" if value is None else value
    data.pop("overrides_hours", None)
    return data


def errors(response: HttpResponse) -> list[str]:
    """Every error the page shows."""
    context: Mapping[str, Any] = response.context
    return [str(message) for messages in context["errors"] for message in messages]
