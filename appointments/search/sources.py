"""What of the domain is searched: customers and appointments."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils.formats import date_format

from appointments.models import Appointment, ConflictingAppointment, Customer, CustomerNumber
from appointments.models.search import found_by
from appointments.phones import display_phone, normalize_phone
from appointments.search.registry import Found, Source, Wanted, register

MOST_PEOPLE = 200


def customers(wanted: Wanted) -> QuerySet[Any, Any] | None:
    """Keys of the customers whose name, number or e-mail address is meant."""
    words = wanted.words
    return None if words is None else wanted.own(Customer.objects.filter(words)).values("pk")


def by_further_number(wanted: Wanted) -> QuerySet[Any, Any] | None:
    """Keys of the customers one of whose further numbers this is, in any spelling."""
    number = normalize_phone(wanted.text)
    if number is None:
        return None
    return wanted.own(CustomerNumber.objects.filter(number=number)).values("customer")


def people(wanted: Wanted) -> QuerySet[Any, Any] | None:
    """The same for what hangs on customers. Over all companies the first so many: a common name has many,
    and who looks there looks for one.
    """
    keys = customers(wanted)
    return keys if keys is None or wanted.company_id is not None else keys[:MOST_PEOPLE]


def _of_customers(wanted: Wanted) -> QuerySet[Any, Any] | None:
    keys = people(wanted)
    if keys is None:
        return None
    return wanted.own(Appointment.objects.filter(customer__in=keys)).values("pk")


def _of_attendees(wanted: Wanted) -> QuerySet[Any, Any] | None:
    """Who comes instead of the customer, and the number named for them."""
    words = wanted.words
    return None if words is None else wanted.own(Appointment.objects.filter(words)).values("pk")


def _by_number(wanted: Wanted) -> QuerySet[Any, Any] | None:
    number = wanted.number
    return None if number is None else Appointment.objects.filter(pk=number).values("pk")


def _spelled_first(wanted: Wanted) -> Sequence[Any]:
    """Whoever is spelled so before whoever only sounds so."""
    spelled = found_by(wanted.text, sounding=False)
    first = [Case(When(spelled, then=Value(0)), default=Value(1))] if spelled is not None else []
    return (*first, "name", "pk")


def _customer(customer: Customer) -> Found:
    known = (display_phone(customer.phone), customer.email)
    return Found(customer.name, ", ".join(part for part in known if part))


def _appointment(appointment: Appointment) -> Found:
    start = appointment.starts_at.astimezone(appointment.branch.zone)
    when = date_format(start, "D, j. N Y, H:i")
    what = (f"{appointment.service}", f"{appointment.staff}", f"{appointment.get_status_display()}")
    return Found(f"{when} · {appointment.attendee}".rstrip(" ·"), ", ".join(what))


APPOINTMENT_WAYS = (_of_customers, _of_attendees, _by_number)


def register_domain() -> None:
    register(
        Source(
            model=Customer,
            ways=(customers, by_further_number),
            icon="person",
            ordered=_spelled_first,
            found=_customer,
        )
    )
    register(
        Source(
            model=Appointment,
            ways=APPOINTMENT_WAYS,
            icon="event",
            related=("branch__company", "service", "staff", "customer"),
            ordered=lambda _wanted: ("-starts_at", "pk"),
            found=_appointment,
        )
    )
    register(Source(model=ConflictingAppointment, ways=APPOINTMENT_WAYS))
