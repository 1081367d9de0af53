"""Calls on the pages of what they were about: the appointment's and the customer's."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.template.loader import render_to_string

from appointments.access import access_of
from appointments.admin import customer_panels
from appointments.admin.panels import Panel, register
from appointments.models import Appointment, Customer
from calls.models import Call, CallAppointment

TEMPLATE = "admin/calls/about.html"
# The latest of them; the list of calls has all.
SHOWN = 10


class CallsPanel(Panel):
    """Who called about an appointment, when, and what for."""

    def render(self, request: HttpRequest, appointment: Appointment) -> str:
        if not request.user.has_perm("calls.view_call"):
            return ""
        links = CallAppointment.objects.filter(appointment=appointment.pk).select_related(
            "call__branch__company", "call__customer"
        )
        rows = [
            (link.call, [link.get_relationship_display()])
            for link in links.order_by("-call__started_at")[:SHOWN]
        ]
        return render_to_string(TEMPLATE, {"rows": rows, "of_customer": False}) if rows else ""


@customer_panels.register
def calls_of_customer(request: HttpRequest, customer: Customer) -> str:
    if not request.user.has_perm("calls.view_call"):
        return ""
    own: Any = access_of(request.user).scope(Call.objects.filter(customer=customer), branch="branch")
    links = Prefetch("appointment_links", CallAppointment.objects.order_by("pk"))
    calls = own.select_related("branch__company").prefetch_related(links).order_by("-started_at")[:SHOWN]
    rows = [
        (call, list(dict.fromkeys(link.get_relationship_display() for link in call.appointment_links.all())))
        for call in calls
    ]
    return render_to_string(TEMPLATE, {"rows": rows, "customer": customer}) if rows else ""


register(CallsPanel())
