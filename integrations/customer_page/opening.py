"""From a link to its appointment, for every view alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from appointments.audit import Channel, acting
from appointments.client_address import client_address
from appointments.models import Appointment, Customer
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


def without_script(view: View) -> View:
    return csp_replace(POLICY)(view)  # type: ignore[return-value] # knows plain views only


def of_link(view: View) -> View:
    """``view`` gets the link's appointment, in the customer's language; no such link is a plain 404."""

    @without_script
    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        pk = tokens.read(token)
        appointment = None if pk is None else _appointment(pk)
        customer = appointment.customer if appointment else None
        return opened_by(
            request,
            appointment,
            customer,
            lambda: view(request, appointment, token=token, **kwargs),
        )

    return opened


def opened_by(
    request: HttpRequest, found: Model | None, customer: Customer | None, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """For every link that we signed, ``found`` being what it opens: in the customer's language, not the
    browser's, since the salon speaks to somebody whom it knows; what is changed within they have changed.
    """
    limit, key = (WRONG, client_address(request)) if found is None else (OF_LINK, _key(found))
    with translation.override(_language(customer)), acting(Channel.ONLINE):
        if not limit.admits(key, now=timezone.now()):
            response = render(request, "customer/later.html", status=429)
            response["Retry-After"] = str(limit.seconds)
        elif found is None:
            response = render(request, "customer/gone.html", status=404)
        else:
            response = answer()
    # The address is the key: it stays out of caches, of search engines and of other sites' logs.
    response["Cache-Control"] = "no-store, private"
    # Not "no-referrer": browsers then send a form with the origin "null", which is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _key(found: Model) -> str:
    return f"{found._meta.label_lower} {found.pk}"


def _appointment(pk: int) -> Appointment | None:
    own = Appointment.objects.filter(pk=pk, company__active=True, customer__isnull=False)
    return own.select_related(*RELATED).first()


def _language(customer: Customer | None) -> str:
    chosen = ContactPreference.objects.filter(customer=customer).values_list("language", flat=True)
    return (chosen.first() if customer else None) or Language.GERMAN
