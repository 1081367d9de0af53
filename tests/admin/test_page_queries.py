"""No page asks the database more for much than for little: for a regular of years as for somebody new."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments import booking
from appointments.access import Role
from appointments.models import Appointment, Customer
from appointments.models.appointment import Source
from calls.models import Call, CallAppointment, FunctionCall
from tests.admin.pages import change_url
from tests.admin.test_scoping import member
from tests.salons import MONDAY, NOW, Salon, at

MANY = 8


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(salon: Salon) -> Client:
    return member(salon, Role.OWNER)


def visits(salon: Salon, customer: Customer, number: int) -> list[Appointment]:
    """On one day each, all to come."""
    made = []
    for week in range(number):
        day = MONDAY + timedelta(weeks=week)
        made.append(
            booking.book(
                salon.request(salon.perm, salon.emma if week % 2 else salon.jonas),
                start=at(day, "10:00"),
                visit=booking.Visit(source=Source.PHONE, customer=customer),
            )
        )
    return made


def calls(salon: Salon, customer: Customer, appointment: Appointment, number: int) -> list[Call]:
    """All about one appointment, with as many questions in each."""
    made = []
    for position in range(number):
        call = Call.objects.create(
            company=salon.company,
            branch=salon.branch,
            customer=customer,
            call_id=f"call_{customer.pk}_{position}_{number}",
            started_at=timezone.now(),
        )
        CallAppointment.objects.create(
            company=salon.company,
            call=call,
            appointment=appointment,
            relationship="booked",
            created_at=timezone.now(),
        )
        FunctionCall.objects.bulk_create(
            FunctionCall(
                call=call, name="check_availability", status="available", args={}, created_at=timezone.now()
            )
            for _each in range(number)
        )
        made.append(call)
    return made


def regular(salon: Salon, name: str, number: int) -> tuple[Customer, Appointment, Call]:
    customer = Customer.objects.create(company=salon.company, name=name, phone=f"+49302312{number:02}")
    first, *_others = visits(salon, customer, number)
    for week in range(number):
        booking.reschedule(
            first,
            booking.Move(start=at(MONDAY + timedelta(days=4), f"{8 + week % 8:02}:00")),
            now=timezone.now(),
        )
    call, *_more = calls(salon, customer, first, number)
    return customer, first, call


PAGES: dict[str, Callable[[Customer, Appointment, Call, Customer], str]] = {
    "customer": lambda customer, _first, _call, _other: reverse(
        "admin:appointments_customer_change", args=[customer.pk]
    ),
    "appointment": lambda _customer, first, _call, _other: change_url(first),
    "call": lambda _customer, _first, call, _other: reverse("admin:calls_call_change", args=[call.pk]),
    "partner": lambda customer, _first, _call, _other: reverse(
        "admin:appointments_customer_partner", args=[customer.pk]
    ),
    "unite": lambda customer, _first, _call, other: (
        f"{reverse('admin:appointments_customer_unite')}?ids={customer.pk},{other.pk}"
    ),
}


def test_a_page_of_a_regular_asks_as_much_as_one_of_somebody_new(desk: Client, salon: Salon) -> None:
    asked: dict[str, list[int]] = {name: [] for name in PAGES}
    other = Customer.objects.create(company=salon.company, name="Tom Keller", phone="+4930231299")
    # With more than one of each, so that what is fetched once for all is fetched at all.
    for name, number in (("Jana Probst", 2), ("Aylin Demir", MANY)):
        customer, first, call = regular(salon, name, number)
        for page, address in PAGES.items():
            url = address(customer, first, call, other)
            assert desk.get(url).status_code == 200, url
            with CaptureQueriesContext(connection) as queries:
                desk.get(url)
            asked[page].append(len(queries))
        for appointment in Appointment.objects.filter(customer=customer, status="booked"):
            booking.cancel(appointment, now=timezone.now())
    assert {page: few for page, (few, _many) in asked.items()} == {
        page: many for page, (_few, many) in asked.items()
    }
