"""The way of an SMS, from a booking to the report that it arrived, through a real gateway on loopback."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from appointments import booking
from appointments.access import Role
from appointments.models import Customer
from integrations.messaging import gsm, stopping, texts
from integrations.messaging.digging import dig
from integrations.messaging.texting import reference_of
from integrations.models import (
    ContactPreference,
    Language,
    Medium,
    Message,
    MessageKind,
    MessageState,
    Messaging,
    OptOut,
    SmsGateway,
)
from tests.admin.test_scoping import member
from tests.integrations.messaging.conftest import book, later, states, work
from tests.integrations.messaging.sms_gateway import Gateway
from tests.salons import MONDAY, Salon, at


def test_from_the_booking_to_the_report(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> None:
    client = Client()
    book(salon, mobile, "13:00")
    later(time)
    assert work() == 1
    (asked,) = gateway.asked
    assert (asked["to"], asked["from"], asked["key"]) == ("+4915112345678", "Morgenrot", "Bearer geheim")
    assert asked["text"].startswith("Morgenrot: Ihr Termin ist gebucht. Herrenhaarschnitt bei Emma Keller")
    message = Message.objects.get()
    assert (message.medium, message.gateway_id, asked["reference"]) == (
        Medium.SMS,
        "gw-1",
        reference_of(message),
    )

    address = reverse("sms-report-secret", args=[salon.company.slug, sms.report_secret])
    report = {"reference": "gw-1", "status": "DELIVRD"}
    assert client.post(address, report, content_type="application/json").status_code == 204
    assert states() == [MessageState.DELIVERED]
    assert client.post(address[:-3] + "x/", report, content_type="application/json").status_code == 404


def test_what_was_begun_and_never_answered_is_for_a_person(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> None:
    gateway.answers = [0]
    book(salon, mobile, "13:00")
    later(time)
    assert (work(), states()) == (0, [MessageState.UNCLEAR])
    later(time, hours=1)
    assert (work(), len(gateway.asked)) == (0, 1)


def test_what_was_refused_is_tried_again(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> None:
    gateway.answers = [429]
    book(salon, mobile, "13:00")
    later(time)
    assert (work(), states()) == (0, [MessageState.WAITING])
    later(time)
    assert (work(), states()) == (1, [MessageState.SENT])
    assert len({each["reference"] for each in gateway.asked}) == 1


@pytest.mark.usefixtures("sms", "letterbox")
def test_the_pace_of_a_gateway_holds_and_keeps_no_mail_waiting(
    salon: Salon, mobile: Customer, jana: Customer, gateway: Gateway, time: time_machine.Traveller
) -> None:
    SmsGateway.objects.update(per_minute=1)
    for customer, clock in ((mobile, "09:00"), (mobile, "11:00"), (jana, "13:00")):
        book(salon, customer, clock)
    later(time)
    assert (work(), len(gateway.asked)) == (2, 1)
    later(time)
    assert (work(), len(gateway.asked)) == (1, 2)
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.usefixtures("sms")
def test_at_night_only_what_answers_them_or_cannot_wait(
    salon: Salon, mobile: Customer, gateway: Gateway, time: time_machine.Traveller
) -> None:
    """Quiet is from eight to eight. Of two that are moved the one is for nine o'clock, the other for the afternoon."""
    time.move_to(at(MONDAY - timedelta(days=1), "22:00"))
    ida = Customer.objects.create(company=salon.company, name="Ida Probst", phone="+4915112345679")
    early, late = book(salon, mobile, "10:00"), book(salon, ida, "13:00")
    later(time)
    assert (work(), gateway.taken) == (2, [mobile.phone, ida.phone]), "they have just booked"
    for appointment, clock in ((early, "09:00"), (late, "15:00")):
        booking.reschedule(appointment, booking.Move(start=at(MONDAY, clock)), now=timezone.now())
    later(time)
    assert (work(), gateway.taken[2:]) == (1, [mobile.phone])
    time.move_to(at(MONDAY, "07:59"))
    assert work() == 0
    time.move_to(at(MONDAY, "08:00"))
    assert (work(), gateway.taken[3:]) == (1, [ida.phone])
    assert "15:00" in gateway.asked[-1]["text"]


@pytest.mark.usefixtures("sms")
def test_one_number_gets_no_more_in_a_day_than_its_limit(
    salon: Salon, mobile: Customer, gateway: Gateway, time: time_machine.Traveller
) -> None:
    Messaging.objects.update(daily_limit=1)
    ida = Customer.objects.create(company=salon.company, name="Ida Probst", phone="+4915112345679")
    for customer, clock in ((mobile, "13:00"), (mobile, "15:00"), (ida, "17:00")):
        book(salon, customer, clock)
    later(time)
    assert (work(), gateway.taken) == (2, [mobile.phone, ida.phone])
    assert sorted(states()) == [MessageState.SENT, MessageState.SENT, MessageState.WITHHELD]


@pytest.mark.usefixtures("sms")
def test_one_click_and_no_more(
    salon: Salon, mobile: Customer, gateway: Gateway, time: time_machine.Traveller
) -> None:
    client = Client()
    book(salon, mobile, "13:00")
    later(time)
    work()
    address = reverse("stop-messages", args=[stopping.sign(Message.objects.get().pk)])
    assert client.get(address).status_code == 200
    assert not ContactPreference.objects.exists()
    assert Client(enforce_csrf_checks=True).post(address).status_code == 200
    book(salon, mobile, "15:00")
    later(time)
    assert (work(), len(gateway.asked)) == (0, 1)


def test_an_sms_that_waits_when_they_say_no_does_not_leave(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> None:
    gateway.answers = [503]
    book(salon, mobile, "13:00")
    later(time)
    work()
    ContactPreference.objects.create(company=salon.company, customer=mobile, no_sms_since=timezone.now())
    later(time)
    assert (work(), states(), len(gateway.asked)) == (0, [MessageState.OVERTAKEN], 1)


def test_an_sms_that_waits_follows_a_corrected_number(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> None:
    gateway.answers = [503]
    book(salon, mobile, "13:00")
    later(time)
    work()
    mobile.phone = "+4915112345679"
    mobile.save()
    later(time)
    work()
    later(time)
    work()
    assert [each["to"] for each in gateway.asked] == ["+4915112345678", "+4915112345679"]
    assert states() == [MessageState.OVERTAKEN, MessageState.SENT]


@pytest.mark.usefixtures("sms")
def test_staff_can_let_them_come_again_also_what_was_said_as_an_unknown_caller(
    salon: Salon, mobile: Customer, gateway: Gateway, time: time_machine.Traveller
) -> None:
    OptOut.objects.create(company=salon.company, medium=Medium.SMS, address=mobile.phone)
    wish = ContactPreference.objects.create(
        company=salon.company, customer=mobile, no_sms_since=timezone.now()
    )
    page = reverse("admin:integrations_contactpreference_change", args=[wish.pk])
    typed = {"language": "de", "wants_messages": "on", "medium": "any", "no_sms_since_0": ""}
    assert member(salon, Role.RECEPTIONIST).post(page, typed).status_code == 302
    book(salon, mobile, "13:00")
    later(time)
    assert (work(), len(gateway.asked)) == (1, 1)


@pytest.mark.parametrize("found", ["a\x00b", "\ud800", "a\nb", None, True, ["x"], {"id": 1}, 1.5])
def test_a_number_of_the_gateways_that_cannot_be_stored_is_none(found: Any) -> None:
    assert dig({"id": found}, "id") == ""


@pytest.mark.parametrize(
    ("text", "used", "parts", "strange"),
    [
        ("x" * 160, 160, 1, ""),
        ("x" * 161, 161, 2, ""),
        ("ä" * 160, 160, 1, ""),
        ("€" * 80, 160, 1, ""),
        ("😀" * 35, 70, 1, "😀"),
        ("😀" * 36, 72, 2, "😀"),
    ],
)
def test_how_long_an_sms_is(text: str, used: int, parts: int, strange: str) -> None:
    length = gsm.length_of(text)
    assert (length.used, length.parts, length.strange) == (used, parts, strange)


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", MessageKind.values)
def test_our_words_need_seven_bits(language: str, kind: str) -> None:
    with translation.override(language):
        text = texts.ours(Medium.SMS, kind)[1].replace("{", "(").replace("}", ")")
        assert gsm.length_of(text).is_seven_bit
