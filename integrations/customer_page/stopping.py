"""The button on a customer's pages: no more e-mails, or no more SMS."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Customer
from integrations.messaging.recipients import ways_of
from integrations.messaging.stopping import set_customer_stopped
from integrations.models import ContactPreference, Medium, Messaging


@dataclass(frozen=True, slots=True)
class MediumOf:
    """One by which this customer can be written to."""

    value: str
    label: Any
    stopped: bool


def media_of(customer: Customer | None, branch_id: int) -> list[MediumOf]:
    if customer is None:
        return []
    messaging = Messaging.objects.select_related("branch__company").filter(branch=branch_id).first()
    preference = ContactPreference.objects.filter(customer=customer).first() or ContactPreference()
    ways = ways_of(messaging)
    known = [
        (Medium.EMAIL, customer.email, preference.no_email_since),
        (Medium.SMS, customer.phone, preference.no_sms_since),
    ]
    return [
        MediumOf(medium, medium.label, since is not None)
        for medium, address, since in known
        if address and medium in ways
    ]


def change(request: HttpRequest, customer: Customer | None) -> None:
    """What the form says; nothing for what is no medium."""
    medium, stopped = request.POST.get("medium", ""), request.POST.get("stop") == "1"
    if customer is None or medium not in Medium.values:
        return
    set_customer_stopped(customer, medium, stopped=stopped, now=timezone.now())
    messages.success(request, sentence(medium, stopped=stopped))


def sentence(medium: str, *, stopped: bool) -> str:
    if medium == Medium.SMS:
        return _("You will get no more SMS.") if stopped else _("We write to you by SMS again.")
    return _("You will get no more e-mails.") if stopped else _("We write to you by e-mail again.")
