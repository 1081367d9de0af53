"""Where the search finds calls, callbacks, and appointments by the call they came in."""

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format

from appointments import search
from appointments.models import Appointment
from appointments.phones import display_phone, normalize_phone
from appointments.search import Found, Source, Wanted
from appointments.search.sources import people
from calls.models import Call, CallAppointment, Callback, CallEvent, FunctionCall


def _calls_by_id(wanted: Wanted) -> QuerySet[Any, Any] | None:
    """The voice platform's id, or its beginning."""
    return Call.objects.filter(call_id__startswith=wanted.word).values("pk") if wanted.word else None


def _calls_by_number(wanted: Wanted) -> QuerySet[Any, Any] | None:
    number = normalize_phone(wanted.text)
    return None if number is None else wanted.own(Call.objects.filter(caller=number)).values("pk")


def _calls_of_customers(wanted: Wanted) -> QuerySet[Any, Any] | None:
    keys = people(wanted)
    return None if keys is None else wanted.own(Call.objects.filter(customer__in=keys)).values("pk")


def _function_calls(wanted: Wanted) -> QuerySet[Any, Any] | None:
    keys = _calls_by_id(wanted)
    return None if keys is None else FunctionCall.objects.filter(call__in=keys).values("pk")


def _events(wanted: Wanted) -> QuerySet[Any, Any] | None:
    return CallEvent.objects.filter(call_id=wanted.word).values("pk") if wanted.word else None


def _callbacks(wanted: Wanted) -> QuerySet[Any, Any] | None:
    """Who is to be called back: few, so that a part of the name may be looked for as it is typed."""
    if len(wanted.text) < 2:
        return None
    return wanted.own(Callback.objects.filter(name__icontains=wanted.text)).values("pk")


def _callbacks_by_number(wanted: Wanted) -> QuerySet[Any, Any] | None:
    number = normalize_phone(wanted.text)
    return None if number is None else wanted.own(Callback.objects.filter(phone=number)).values("pk")


def _callbacks_of_customers(wanted: Wanted) -> QuerySet[Any, Any] | None:
    keys = people(wanted)
    return None if keys is None else wanted.own(Callback.objects.filter(customer__in=keys)).values("pk")


def _callbacks_of_calls(wanted: Wanted) -> QuerySet[Any, Any] | None:
    keys = _calls_by_id(wanted)
    return None if keys is None else Callback.objects.filter(call__in=keys).values("pk")


def _appointments_of_calls(wanted: Wanted) -> QuerySet[Any, Any] | None:
    keys = _calls_by_id(wanted)
    return None if keys is None else CallAppointment.objects.filter(call__in=keys).values("appointment")


def _call(call: Call) -> Found:
    when = date_format(call.started_at.astimezone(call.branch.zone), "D, j. N Y, H:i")
    who = (str(call.customer) if call.customer else "", display_phone(call.caller), call.call_id)
    return Found(when, ", ".join(part for part in who if part))


def _callback(callback: Callback) -> Found:
    due = date_format(callback.due_at.astimezone(callback.branch.zone), "D, j. N Y, H:i")
    return Found(str(callback), ", ".join((due, str(callback.get_state_display()))))


def register() -> None:
    search.register(
        Source(
            model=Call,
            ways=(_calls_by_id, _calls_by_number, _calls_of_customers),
            icon="call",
            related=("customer", "branch__company"),
            ordered=lambda _wanted: ("-started_at", "pk"),
            found=_call,
        )
    )
    search.register(
        Source(
            model=Callback,
            ways=(_callbacks, _callbacks_by_number, _callbacks_of_customers, _callbacks_of_calls),
            icon="phone_callback",
            related=("branch__company",),
            ordered=lambda _wanted: ("-due_at", "pk"),
            found=_callback,
        )
    )
    search.register(Source(model=FunctionCall, ways=(_function_calls,)))
    search.register(Source(model=CallEvent, ways=(_events,)))
    search.add_way(Appointment, _appointments_of_calls)
