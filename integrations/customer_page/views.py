"""The pages of a customer's link. The booking module decides; these show its answer."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appointments import booking
from appointments.models import Appointment
from appointments.models.appointment import Status
from appointments.models.change import ChangeKind
from integrations.customer_page import changes, stopping
from integrations.customer_page.offers import DAYS_SHOWN, days_from
from integrations.customer_page.opening import of_link
from integrations.customer_page.sentences import refusal
from integrations.messaging.invitation import invitation
from integrations.messaging.preferences import agree_to_reminders, wants_reminders
from integrations.messaging.senders import sender_of
from integrations.models import AppointmentNotice, Messaging

_LIVE = (Status.BOOKED, Status.CONFIRMED)


@of_link
@require_GET
def appointment_page(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    return render(request, "customer/appointment.html", _facts(appointment, token))


@of_link
@require_POST
def confirm(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    """They will be there; saying so twice changes nothing."""
    return _done(request, appointment, token, _("Thank you. We are expecting you."), changes.confirm)


@of_link
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    if request.method == "POST":
        return _done(request, appointment, token, _("Your appointment is cancelled."), changes.cancel)
    facts = _facts(appointment, token)
    return render(request, "customer/cancel.html", {**facts, **_terms(appointment, ChangeKind.CANCELLATION)})


@of_link
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        start = _instant(request.POST.get("start", ""))
        if start is not None:
            return _done(
                request,
                appointment,
                token,
                _("Your appointment has been moved."),
                lambda one, at: changes.move(one, start, at),
                refused="my-appointment-move",
            )
        messages.error(request, _("Please choose one of the times."))
    today = now.astimezone(appointment.branch.zone).date()
    first = max(_date(request.GET.get("day", "")) or today, today)
    first = min(first, today + timedelta(days=appointment.branch.horizon_days))
    terms = _terms(appointment, ChangeKind.MOVE)
    days = [] if terms["denied"] or not _is_live(appointment) else days_from(appointment, first, now=now)
    facts = {
        "days": days,
        "earlier": first - timedelta(days=DAYS_SHOWN) if first > today else None,
        "later": first + timedelta(days=DAYS_SHOWN),
    }
    return render(request, "customer/move.html", {**_facts(appointment, token), **terms, **facts})


@of_link
@require_POST
def reminders(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    """The customer agrees to be reminded, or takes it back."""
    agrees = request.POST.get("agree") == "1"
    agree_to_reminders(appointment.customer, agrees=agrees, now=timezone.now())
    said = _("We will remind you in time.") if agrees else _("You will get no more reminders.")
    messages.success(request, said)
    return _back(token)


@of_link
@require_POST
def stop(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    """The customer wants no more e-mails, or no more SMS; or wants them again."""
    stopping.change(request, appointment.customer)
    return _back(token)


@of_link
@require_GET
def calendar_file(request: HttpRequest, appointment: Appointment, *, token: str) -> HttpResponse:
    """The same entry as in the messages: a calendar that has it replaces it."""
    sequence = AppointmentNotice.objects.filter(appointment=appointment).values_list("sequence", flat=True)
    messaging = (
        Messaging.objects.select_related("branch__company").filter(branch=appointment.branch_id).first()
    )
    text = invitation(
        appointment,
        sequence=sequence.first() or 0,
        cancelled=not _is_live(appointment),
        sender=sender_of(messaging or Messaging(branch=appointment.branch)),
        recipient=(appointment.customer.email if appointment.customer else "") or "",
        now=timezone.now(),
        method="PUBLISH",
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="termin.ics"'
    return response


def _done(
    request: HttpRequest,
    appointment: Appointment,
    token: str,
    sentence: str,
    act: Any,
    *,
    refused: str = "my-appointment",
) -> HttpResponse:
    """Do it and say so, or say why not; then a page that can be loaded again."""
    try:
        act(appointment, timezone.now())
    except booking.BookingError as error:
        messages.error(request, refusal(error))
        return HttpResponseRedirect(reverse(refused, args=[token]))
    messages.success(request, sentence)
    return _back(token)


def _back(token: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("my-appointment", args=[token]))


def _facts(appointment: Appointment, token: str) -> dict[str, Any]:
    zone = appointment.branch.zone
    return {
        "appointment": appointment,
        "token": token,
        "starts_at": appointment.starts_at.astimezone(zone),
        "ends_at": appointment.ends_at.astimezone(zone),
        "is_live": _is_live(appointment) and appointment.starts_at > timezone.now(),
        "is_cancelled": appointment.status in (Status.CANCELLED, Status.REJECTED),
        "is_confirmed": appointment.status == Status.CONFIRMED,
        "wants_reminders": wants_reminders(appointment.customer),
        "media": stopping.media_of(appointment.customer, appointment.branch_id),
    }


def _is_live(appointment: Appointment) -> bool:
    return appointment.status in _LIVE


def _terms(appointment: Appointment, kind: ChangeKind) -> dict[str, Any]:
    """What it costs, or why it is too late: said before, insisted on by the writer."""
    try:
        fee = booking.fee_for(appointment, kind, now=timezone.now())
    except booking.BookingError as error:
        return {"denied": refusal(error), "fee": None}
    return {"denied": "", "fee": fee or None}


def _instant(text: str) -> datetime | None:
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo is not None else None


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
