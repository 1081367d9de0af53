"""Booked, moved and cancelled by phone, by staff and by another system: exactly one right message each."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.access import Role
from appointments.models import ApiToken, Appointment, Customer
from integrations.messaging import tokens
from integrations.models import ContactPreference, Wish
from tests.admin.test_board import booked, moved, send
from tests.admin.test_scoping import member
from tests.api.client import Api
from tests.calls.phone import CALLER, CUT, Phone
from tests.integrations.messaging.conftest import Letterbox, later, work
from tests.integrations.messaging.sms_gateway import Gateway
from tests.salons import Salon

Acts = tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]
FOUR, SIX = "2025-11-24T14:00:00+01:00", "2025-11-24T16:00:00+01:00"


@pytest.fixture
def jana(salon: Salon) -> Customer:
    return Customer.objects.create(
        company=salon.company, name="Jana Probst", phone=CALLER, email="jana@probst.example"
    )


def by_phone(salon: Salon, jana: Customer) -> Acts:
    """Each a call of its own, over HTTP; the caller is known by the number."""

    def said(status: str, function: str, **args: Any) -> None:
        assert Phone(salon.number).ask(function, **args)["status"] == status

    return (
        lambda: said(
            "booked", "start_booking", **{**CUT, "uhrzeit": "14:00"}, mitarbeiter="Emma", name=jana.name
        ),
        lambda: said("rescheduled", "reschedule_appointment", neues_datum="2025-11-24", neue_uhrzeit="16:00"),
        lambda: said("cancelled", "cancel_appointment"),
    )


def by_staff(salon: Salon, jana: Customer) -> Acts:
    """In the planner, and with the button on the appointment's page."""
    desk = member(salon, Role.RECEPTIONIST)

    def cancel() -> None:
        one = Appointment.objects.get()
        step = reverse("admin:appointments_appointment_step", args=[one.pk])
        assert desk.post(step, {"status": "cancelled", "revision": one.revision}).status_code == 302

    return (
        lambda: _ok(send(desk, "planner-book", booked(salon, "14:00", customer=jana.pk, name=""))),
        lambda: _ok(send(desk, "planner-move", moved(Appointment.objects.get(), "16:00"))),
        cancel,
    )


def by_api(salon: Salon, jana: Customer) -> Acts:
    api = Api(ApiToken.objects.issue(company=salon.company, name="Kasse", now=timezone.now())[1])
    wish = {"service": salon.cut.pk, "staff": salon.emma.pk, "starts_at": FOUR, "customer": jana.pk}

    def path() -> str:
        return f"/appointments/{Appointment.objects.get().pk}/"

    return (
        lambda: _ok(api.post("/appointments/", wish)),
        lambda: _ok(api.patch(path(), {"starts_at": SIX})),
        lambda: _ok(api.post(f"{path()}cancel/")),
    )


def by_link(salon: Salon, jana: Customer) -> Acts:
    """Staff book; the customer does the rest on the page whose address the confirmation brought."""
    book, _move, _cancel = by_staff(salon, jana)

    def post(what: str, **data: str) -> None:
        token = tokens.sign(Appointment.objects.get().pk)
        assert Client().post(f"/termin/{token}/{what}/", data).status_code == 302

    return book, lambda: post("verschieben", start=SIX), lambda: post("absagen", sure="1")


def _ok(answer: Any) -> None:
    assert answer.status_code in (200, 201), answer.content


@pytest.mark.parametrize("way", [by_phone, by_staff, by_api, by_link])
def test_one_right_message_for_each_step(
    way: Callable[[Salon, Customer], Acts],
    salon: Salon,
    jana: Customer,
    letterbox: Letterbox,
    time: time_machine.Traveller,
) -> None:
    for act in way(salon, jana):
        act()
        for _minute in range(3):
            later(time)
            work()

    assert letterbox.subjects == [
        "Ihr Termin am Montag, 24. November um 14:00 Uhr",
        "Geändert: Ihr Termin ist jetzt am Montag, 24. November um 16:00 Uhr",
        "Abgesagt: Ihr Termin am Montag, 24. November um 16:00 Uhr",
    ]
    uid = f"appointment-{Appointment.objects.get().pk}@terminfest.invalid"
    assert [letterbox.entry(number) for number in range(3)] == [
        (uid, 1, "REQUEST", "CONFIRMED", "20251124T130000Z"),
        (uid, 2, "REQUEST", "CONFIRMED", "20251124T150000Z"),
        (uid, 3, "CANCEL", "CANCELLED", "20251124T150000Z"),
    ]
    assert {str(letter["to"]) for letter in letterbox.letters} == {"jana@probst.example"}
    assert len({str(letter["message-id"]) for letter in letterbox.letters}) == 3


@pytest.mark.usefixtures("sms")
@pytest.mark.parametrize("way", [by_phone, by_staff, by_api, by_link])
def test_one_right_sms_for_each_step(
    way: Callable[[Salon, Customer], Acts],
    salon: Salon,
    jana: Customer,
    gateway: Gateway,
    time: time_machine.Traveller,
) -> None:
    """To whom asked for it, whatever kind of number it is."""
    jana.email = None
    jana.save()
    ContactPreference.objects.create(company=salon.company, customer=jana, medium=Wish.SMS)
    for act in way(salon, jana):
        act()
        for _minute in range(3):
            later(time)
            work()

    begun = ("Ihr Termin ist gebucht. ", "Ihr Termin hat sich geändert. ", "Ihr Termin am Montag, 24.")
    assert len(gateway.asked) == len(begun)
    for asked, words in zip(gateway.asked, begun, strict=True):
        assert asked["text"].startswith(f"Morgenrot: {words}")
    assert "abgesagt" in gateway.asked[-1]["text"]
    assert {each["to"] for each in gateway.asked} == {CALLER}
    assert len({each["reference"] for each in gateway.asked}) == 3


def test_a_caller_who_is_new_is_written_to_as_well(
    salon: Salon, letterbox: Letterbox, time: time_machine.Traveller
) -> None:
    """And a booking that is refused to a second caller is no message."""
    anna = {"name": "Anna Sommer", "email": "anna@sommer.example"}
    for number, status in ((1, "booked"), (2, "slot_taken")):
        phone = Phone(salon.number, f"+491500000002{number}")
        wish = {**CUT, "mitarbeiter": "Emma", **anna}
        assert phone.ask("start_booking", **wish)["status"] == status
    later(time)
    work()
    assert [str(letter["to"]) for letter in letterbox.letters] == ["anna@sommer.example"]
