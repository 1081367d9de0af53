"""From a link to its appointment, for every view alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from appointments.audit import Channel, acting
from appointments.models import Appointment, Customer
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
        customer = appointment.customer if appointment else None
        with speaking_to(customer):
            if appointment is None:
                return gone(request)
            return sealed(view(request, appointment, token=token, **kwargs))

    return opened


@contextmanager
def speaking_to(customer: Customer | None) -> Iterator[None]:
    """In the customer's language, not the browser's: the salon speaks to somebody whom it knows. What is
    changed within they have changed.
    """
    with translation.override(_language(customer)), acting(Channel.ONLINE):
        yield


def gone(request: HttpRequest) -> HttpResponse:
    return sealed(render(request, "customer/gone.html", status=404))


def sealed(response: HttpResponse) -> HttpResponse:
    """The address is the key: it stays out of caches, of search engines and of other sites' logs."""
    response["Cache-Control"] = "no-store, private"
    # Not "no-referrer": browsers then send a form with the origin "null", which is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _appointment(pk: int) -> Appointment | None:
    own = Appointment.objects.filter(pk=pk, company__active=True, customer__isnull=False)
    return own.select_related(*RELATED).first()


def _language(customer: Customer | None) -> str:
    chosen = ContactPreference.objects.filter(customer=customer).values_list("language", flat=True)
    return (chosen.first() if customer else None) or Language.GERMAN
