"""Where the search finds what stands at Cal.com, and appointments by their booking there."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

from appointments import search
from appointments.models import Appointment
from appointments.search import Source, Wanted, narrowed, source_of
from integrations.models import CalendarBooking, CalendarCase, CalendarEvent, CalendarSync


def _bookings(wanted: Wanted) -> "QuerySet[CalendarBooking] | None":
    """By the uid or the reference that Cal.com shows, whole."""
    if not wanted.word:
        return None
    return CalendarBooking.objects.filter(Q(uid=wanted.word) | Q(reference=wanted.word))


def _bookings_by_id(wanted: Wanted) -> QuerySet[Any, Any] | None:
    rows = _bookings(wanted)
    return None if rows is None else rows.values("pk")


def _appointments_by_booking(wanted: Wanted) -> QuerySet[Any, Any] | None:
    rows = _bookings(wanted)
    return None if rows is None else rows.filter(appointment__isnull=False).values("appointment")


def _cases_by_uid(wanted: Wanted) -> QuerySet[Any, Any] | None:
    return CalendarCase.objects.filter(uid=wanted.word).values("pk") if wanted.word else None


def _events_by_uid(wanted: Wanted) -> QuerySet[Any, Any] | None:
    return CalendarEvent.objects.filter(uid=wanted.word).values("pk") if wanted.word else None


def _of_appointments(model: type[Model]) -> Callable[[Wanted], QuerySet[Any, Any] | None]:
    """Rows about an appointment are found as it is."""

    def way(wanted: Wanted) -> QuerySet[Any, Any] | None:
        source = source_of(Appointment)
        if source is None:
            return None
        keys = narrowed(Appointment.objects.all(), source, wanted).values("pk")
        return model._default_manager.filter(appointment__in=keys).values("pk")  # noqa: SLF001

    return way


def register() -> None:
    search.register(Source(CalendarBooking, ways=(_bookings_by_id, _of_appointments(CalendarBooking))))
    search.register(Source(CalendarSync, ways=(_of_appointments(CalendarSync),)))
    search.register(Source(CalendarCase, ways=(_cases_by_uid, _of_appointments(CalendarCase))))
    search.register(Source(CalendarEvent, ways=(_events_by_uid,)))
    search.add_way(Appointment, _appointments_by_booking)
