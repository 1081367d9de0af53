"""One click for what has become of an appointment: came, did not come, cancelled. The writer decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import booking
from appointments.admin.base import row_number
from appointments.missed import missed
from appointments.models import Appointment
from appointments.models.appointment import BLOCKING, Status

Step = tuple[str, str]


def steps_for(appointment: Appointment, *, now: datetime) -> Sequence[Step]:
    """(status, words of the button). What makes no sense now is not offered; undoing is."""
    came, stayed_away = (str(Status.COMPLETED), _("Was here")), (str(Status.NO_SHOW), _("Did not come"))
    if appointment.status == Status.NO_SHOW:
        return [(str(Status.COMPLETED), _("Was here after all"))]
    if appointment.status == Status.COMPLETED:
        return [stayed_away]
    if appointment.status not in BLOCKING:
        return []
    if appointment.starts_at <= now:
        return [came, stayed_away]
    confirm = [] if appointment.status == Status.CONFIRMED else [(str(Status.CONFIRMED), _("Confirm"))]
    return [*confirm, (str(Status.CANCELLED), _("Cancel the appointment"))]


def missed_by(appointment: Appointment) -> int:
    """How often the customer has not come, at other times than this."""
    if appointment.customer_id is None:
        return 0
    return missed().filter(customer=appointment.customer_id).exclude(pk=appointment.pk).count()


def take_step(page: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """POST ``status`` and the ``revision`` that was seen; back to the appointment with a sentence."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    appointment = page.get_queryset(request).filter(pk=pk).first()
    if appointment is None:
        raise Http404
    if not page.has_change_permission(request, appointment):
        raise PermissionDenied
    now = timezone.now()
    wanted = request.POST.get("status", "")
    if wanted not in Status.values:
        messages.error(request, _("This cannot be done with an appointment."))
    else:
        _take(request, appointment, Status(wanted), now)
    return HttpResponseRedirect(reverse("admin:appointments_appointment_change", args=[pk]))


def _take(request: HttpRequest, appointment: Appointment, status: Status, now: datetime) -> None:
    revision = row_number(request.POST.get("revision", ""))
    try:
        booking.mark(appointment, status, now=now, revision=revision)
    except booking.BookingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Now “%(status)s”.") % {"status": status.label})
