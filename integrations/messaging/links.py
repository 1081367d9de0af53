"""The address of a customer's own page."""

from django.conf import settings
from django.urls import reverse

from appointments.models import Appointment
from integrations.messaging import tokens


def link_to(appointment: Appointment) -> str:
    """With the scheme and host at which customers reach us (``PUBLIC_URL``)."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("my-appointment", args=[tokens.sign(appointment.pk)])
