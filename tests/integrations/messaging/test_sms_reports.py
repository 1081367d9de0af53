"""What a provider says of an SMS afterwards, and where none may lead."""

from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from appointments.access import Role
from appointments.models import Customer
from integrations.messaging import outbox
from integrations.models import Message, MessageState, SmsGateway
from tests.admin.test_scoping import member
from tests.integrations.messaging.conftest import book, later, states, work
from tests.integrations.messaging.sms_gateway import Gateway
from tests.salons import Salon, make_salon


@pytest.fixture
def sent(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> SmsGateway:
    book(salon, mobile, "13:00")
    later(time)
    assert (work(), states()) == (1, [MessageState.SENT])
    return sms


def report(sms: SmsGateway, number: str, status: str, secret: str = "") -> int:
    address = reverse("sms-report", args=[sms.company.slug])
    headers = {"X-Report-Secret": secret or sms.report_secret}
    body: Any = {"reference": number, "status": status}
    return Client().post(address, body, content_type="application/json", headers=headers).status_code


def test_one_that_did_not_arrive_is_work_for_a_person(sent: SmsGateway, salon: Salon) -> None:
    desk = member(salon, Role.RECEPTIONIST)
    before = desk.get(reverse("worklist")).content.decode()
    assert report(sent, "gw-1", "UNDELIV") == 204
    assert report(sent, "gw-1", "UNDELIV") == 204, "said twice is said once"
    assert states() == [MessageState.UNDELIVERED]
    assert "Jana Probst" not in before
    assert "Jana Probst" in desk.get(reverse("worklist")).content.decode()


def test_that_it_arrived_is_the_last_word(sent: SmsGateway) -> None:
    assert report(sent, "gw-1", "failed") == 204
    assert report(sent, "gw-1", "delivered") == 204
    assert report(sent, "gw-1", "failed") == 204
    assert states() == [MessageState.DELIVERED]


def test_a_form_and_a_list_are_reports_too(sent: SmsGateway) -> None:
    address = reverse("sms-report-secret", args=[sent.company.slug, sent.report_secret])
    form = "reference=gw-1&status=undelivered&more=%00"
    Client().post(address, form, content_type="application/x-www-form-urlencoded")
    assert states() == [MessageState.UNDELIVERED]
    several = [{"reference": "gw-999", "status": "failed"}, {"reference": "gw-1", "status": "delivered"}]
    assert Client().post(address, several, content_type="application/json").status_code == 204
    assert states() == [MessageState.DELIVERED]


def test_one_that_comes_before_the_gateways_answer_is_asked_for_again(sent: SmsGateway) -> None:
    """It may be about the one whose number we have yet to hear; by our own number we know."""
    Message.objects.update(state=MessageState.HANDED_OVER)
    assert (report(sent, "gw-77", "delivered"), states()) == (503, [MessageState.HANDED_OVER])
    ours = f"terminfest-{Message.objects.get().pk}"
    assert (report(sent, ours, "delivered"), states()) == (204, [MessageState.DELIVERED])


def test_a_former_attempt_says_nothing_bad_of_the_one_that_staff_asked_for(
    sent: SmsGateway, gateway: Gateway
) -> None:
    ours = f"terminfest-{Message.objects.get().pk}"
    report(sent, "gw-1", "failed")
    outbox.send_again(Message.objects.all(), now=timezone.now())
    # It is leaving, and the gateway has yet to say its number.
    Message.objects.update(state=MessageState.HANDED_OVER)
    for former in ("gw-1", ours):
        assert (report(sent, former, "failed"), states()) == (204, [MessageState.HANDED_OVER])
    Message.objects.update(state=MessageState.WAITING)
    assert (work(), states()) == (1, [MessageState.SENT])
    for former in ("gw-1", ours):
        assert (report(sent, former, "failed"), states()) == (204, [MessageState.SENT])

    assert gateway.asked[-1]["reference"] == f"{ours}-1"
    for number in (f"{ours}-1", "gw-2"):
        Message.objects.update(state=MessageState.SENT)
        assert (report(sent, number, "failed"), states()) == (204, [MessageState.UNDELIVERED])
    # That it has the first one after all is good news whichever was meant.
    assert (report(sent, ours, "delivered"), states()) == (204, [MessageState.DELIVERED])


@pytest.mark.parametrize(
    ("number", "status", "answer"),
    [
        ("gw-999", "delivered", 204),
        ("terminfest-999999", "delivered", 204),
        ("terminfest-1-", "delivered", 204),
        ("gw-1", "on its way", 204),
        ("gw-1\x00", "delivered", 400),
        ("", "delivered", 400),
        ("gw-1", "", 400),
    ],
)
def test_what_is_said_of_nothing_changes_nothing(
    sent: SmsGateway, number: str, status: str, answer: int
) -> None:
    assert (report(sent, number, status), states()) == (answer, [MessageState.SENT])


@pytest.mark.parametrize("body", ["{", "[]", "7", "null", "[" * 5000, '{"reference": {"a": 1}, "status": 1}'])
def test_what_cannot_be_read_is_refused(sent: SmsGateway, body: str) -> None:
    address = reverse("sms-report-secret", args=[sent.company.slug, sent.report_secret])
    assert Client().post(address, body, content_type="application/json").status_code == 400
    assert states() == [MessageState.SENT]


def test_another_companys_secret_opens_nothing(sent: SmsGateway) -> None:
    theirs = SmsGateway(company=make_salon("abendrot").company, url="https://gateway.example/send")
    theirs.renew_report_secret()
    theirs.save()
    assert report(sent, "gw-1", "delivered", secret=theirs.report_secret) == 404
    # With their own they reach their own messages only.
    assert report(theirs, "gw-1", "delivered") == 204
    assert report(theirs, f"terminfest-{Message.objects.get().pk}", "delivered") == 204
    assert states() == [MessageState.SENT]


def test_a_gateway_inside_the_network_is_not_asked(
    salon: Salon, mobile: Customer, sms: SmsGateway, gateway: Gateway, time: time_machine.Traveller
) -> None:
    """Whatever was entered: its name may lead elsewhere by now."""
    with override_settings(LOOPBACK_TARGETS=False):
        book(salon, mobile, "13:00")
        later(time)
        assert (work(), states(), gateway.asked) == (0, [MessageState.FAILED], [])


def test_it_is_set_up_without_the_key_being_shown(sent: SmsGateway, salon: Salon) -> None:
    page = reverse("admin:integrations_smsgateway_change", args=[sent.pk])
    owner = member(salon, Role.OWNER)
    shown = owner.get(page)
    assert (shown.status_code, "Bearer geheim" in shown.content.decode()) == (200, False)
    for inside in ("https://127.0.0.1/send", "http://gateway.example/send", "https://10.0.0.1/"):
        with override_settings(LOOPBACK_TARGETS=False):
            answer = owner.post(page, {"url": inside, "way": "http"})
        assert "url" in answer.context["adminform"].form.errors, inside
    assert member(salon, Role.RECEPTIONIST).get(page).status_code == 403
    assert member(make_salon("anderswo"), Role.OWNER).get(page).status_code == 302
