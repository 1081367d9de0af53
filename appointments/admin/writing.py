"""How admin pages write appointments: through the writer, whose refusals come back to the form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appointments import booking
from appointments.admin.base import HistoryAdmin
from appointments.admin.forms import AppointmentForm
from appointments.availability import Request
from appointments.models import Appointment
from appointments.models.appointment import Source

TIME = frozenset({"branch", "staff", "service", "starts_at"})
DETAILS = ("customer", "attendee_name", "contact_phone", "notes", "price")


class BookingAdmin(HistoryAdmin):
    """A page that writes appointments.

    What the writer refuses, a lost race above all, is an ordinary form error: everything done so far
    is rolled back, and the form is asked once more with the refusal in hand. So the typed values
    stay (trap 3: caught around the whole view, never in ``save_model``).
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except booking.BookingError as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)


def with_refusal(form: type[Any], request: HttpRequest) -> type[AppointmentForm]:
    return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", "")})


def store(appointment: Appointment, form: AppointmentForm) -> None:
    """Stores what was typed; ``appointment`` is the form's instance. Raises ``booking.BookingError``."""
    if appointment._state.adding:
        _add(appointment, form)
    else:
        _change(appointment, form)


def _add(appointment: Appointment, form: AppointmentForm) -> None:
    request = Request(
        branch=appointment.branch,
        service=appointment.service,
        staff=appointment.staff,
        now=timezone.now(),
        overrides_hours=form.cleaned_data["overrides_hours"],
    )
    visit = booking.Visit(
        source=Source.STAFF,
        customer=appointment.customer,
        attendee_name=appointment.attendee_name,
        contact_phone=appointment.contact_phone,
        notes=appointment.notes,
        staff_wished=True,
    )
    stored = booking.book(request, start=appointment.starts_at, visit=visit)
    if "price" in form.changed_data:
        booking.edit(stored, {"price": appointment.price}, now=request.now)
    appointment.pk = stored.pk


def _change(appointment: Appointment, form: AppointmentForm) -> None:
    stored = Appointment.objects.select_related("staff__branch__company", "service").get(pk=appointment.pk)
    moved = bool(TIME.intersection(form.changed_data))
    booking.amend(
        stored,
        to=booking.Move(appointment.starts_at, appointment.staff, appointment.service)
        if moved
        else booking.Move(),
        changes={name: getattr(appointment, name) for name in DETAILS if name in form.changed_data},
        now=timezone.now(),
        revision=form.cleaned_data["seen_revision"],
        overrides_hours=form.cleaned_data["overrides_hours"],
    )
