"""From a link to its appointment, for every view alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from appointments.audit import Channel, acting
from appointments.client_address import client_address
from appointments.models import Appointment
from appointments.throttling import Limit
from integrations.messaging import tokens
from integrations.models import ContactPreference, Language

RELATED = ("company", "branch__company", "service", "staff", "customer")
View = Callable[..., HttpResponse]
# Somebody who looks through all the days there are, on two devices.
OF_LINK = Limit("customer link", 60, 60)
# Of links that are none, by where they are asked from: a family behind one router, not somebody who tries.
WRONG = Limit("wrong customer link", 30, 60)
# These pages need no script at all.
POLICY = {"default-src": [NONE], "script-src": [NONE], "style-src": [SELF], "img-src": [SELF]}


def of_link(view: View) -> View:
    """``view`` gets the link's appointment, in the customer's language; no such link is a plain 404."""

    @csp_replace(POLICY)  # type: ignore[arg-type] # it knows views without parameters only
    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        pk = tokens.read(token)
        appointment = None if pk is None else _appointment(pk)
        limit, key = (WRONG, client_address(request)) if appointment is None else (OF_LINK, appointment.pk)
        with translation.override(_language(appointment)), acting(Channel.ONLINE):
            if not limit.admits(key, now=timezone.now()):
                response = render(request, "customer/later.html", status=429)
                response["Retry-After"] = str(limit.seconds)
            elif appointment is None:
                response = render(request, "customer/gone.html", status=404)
            else:
                response = view(request, appointment, token=token, **kwargs)
        # The address is the key: it stays out of caches, of search engines and of other sites' logs.
        response["Cache-Control"] = "no-store, private"
        # Not "no-referrer": browsers then send a form with the origin "null", which is refused as forged.
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened  # type: ignore[return-value]


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
