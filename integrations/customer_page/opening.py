"""From a link to its appointment, for every view alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from appointments.audit import Channel, acting
from appointments.models import Appointment
from integrations.messaging import tokens
from integrations.models import ContactPreference, Language

RELATED = ("company", "branch__company", "service", "staff", "customer")
View = Callable[..., HttpResponse]


def of_link(view: View) -> View:
    """``view`` gets the link's appointment, in the customer's language; no such link is a plain 404."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        pk = tokens.read(token)
        appointment = None if pk is None else _appointment(pk)
        with translation.override(_language(appointment)), acting(Channel.ONLINE):
            if appointment is None:
                response = render(request, "customer/gone.html", status=404)
            else:
                response = view(request, appointment, token=token, **kwargs)
        # The address is the key: it stays out of caches, of search engines and of other sites' logs.
        response["Cache-Control"] = "no-store, private"
        # Not "no-referrer": browsers then send a form with the origin "null", which is refused as forged.
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _appointment(pk: int) -> Appointment | None:
    own = Appointment.objects.filter(pk=pk, company__active=True, customer__isnull=False)
    return own.select_related(*RELATED).first()


def _language(appointment: Appointment | None) -> str:
    """Not the browser's: the salon speaks to somebody whom it knows."""
    if appointment is None:
        return Language.GERMAN
    chosen = ContactPreference.objects.filter(customer=appointment.customer_id).values_list(
        "language", flat=True
    )
    return chosen.first() or Language.GERMAN
