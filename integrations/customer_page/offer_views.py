"""The page of an offer from the waitlist. Nothing is kept for anybody: whoever answers first has the time."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments import booking, waitlist
from appointments.models import Appointment
from appointments.models.waitlist import WaitlistState
from integrations.customer_page import stopping
from integrations.customer_page.opening import opened_by, without_script
from integrations.messaging import offers, tokens
from integrations.messaging.offers import Offer


@require_http_methods(["GET", "HEAD", "POST"])
@without_script
def offer_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST books by the rules of the phone, if nobody was faster."""
    return _opened(request, token, _page)


@require_POST
@without_script
def offer_stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more e-mails, or no more SMS."""
    return _opened(request, token, _stop)


def _opened(
    request: HttpRequest, token: str, answer: Callable[[HttpRequest, Offer, str], HttpResponse]
) -> HttpResponse:
    offer = offers.read(token)
    if offer is None:
        return opened_by(request, None, None, HttpResponse)
    return opened_by(request, offer.entry, offer.entry.customer, lambda: answer(request, offer, token))


def _page(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    appointment = offer.entry.appointment
    if appointment is None and request.method == "POST":
        appointment = _take(request, offer)
    if appointment is not None:
        # They have one from the waitlist, by this offer or another way: everything else stands there.
        return HttpResponseRedirect(_own_page(appointment))
    return render(request, "customer/offer.html", _facts(offer, token))


def _stop(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    stopping.change(request, offer.entry.customer)
    return HttpResponseRedirect(reverse("my-offer", args=[token]))


def _take(request: HttpRequest, offer: Offer) -> Appointment | None:
    """None: somebody was faster, which the page says; they wait on."""
    try:
        appointment = waitlist.take(offer.entry, staff=offer.staff, start=offer.start, now=timezone.now())
    except booking.BookingError:
        offer.entry.refresh_from_db()
        if offer.entry.state == WaitlistState.BOOKED:  # the button was pressed twice at once
            return offer.entry.appointment
        return None
    messages.success(request, _("The appointment is yours. We look forward to seeing you!"))
    return appointment


def _own_page(appointment: Appointment) -> str:
    return reverse("my-appointment", args=[tokens.sign(appointment.pk)])


def _facts(offer: Offer, token: str) -> dict[str, object]:
    entry, zone = offer.entry, offer.entry.branch.zone
    return {
        "token": token,
        "entry": entry,
        "staff": offer.staff,
        "starts_at": offer.start.astimezone(zone),
        "is_open": offer.is_open(timezone.now()),
        "is_waiting": entry.is_waiting,
        "media": stopping.media_of(entry.customer, entry.branch_id),
    }
