"""apprise itself asks a gateway over HTTP: httpSMS as it knows it, of which only the address is ours."""

import logging
from collections.abc import Callable

import pytest
import time_machine
from apprise.plugins.httpsms import NotifyHttpSMS
from django.test import Client, override_settings
from django.urls import reverse

from appointments.access import Role
from appointments.models import Customer
from integrations.messaging import by_apprise, gsm
from integrations.messaging.stopping import outgoing_text
from integrations.models import Message, MessageState, Messaging, SmsGateway, Way
from tests.admin.test_scoping import member
from tests.integrations.messaging.conftest import book, later, states, work
from tests.integrations.messaging.silence import Silence
from tests.integrations.messaging.sms_gateway import Gateway
from tests.salons import Salon

KEY = "geheimer-schluessel"
# An appointment is booked, and a minute later: how many messages left, and what became of the one.
Sent = Callable[[], tuple[int, list[str]]]


@pytest.fixture
def owner(salon: Salon) -> Client:
    return member(salon, Role.OWNER)


@pytest.fixture
def httpsms(salon: Salon, owner: Client, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> SmsGateway:
    """Entered by the owner as everybody would."""
    monkeypatch.setattr(NotifyHttpSMS, "notify_url", gateway.url)
    Messaging.objects.update(sms=True)
    made = SmsGateway.objects.create(company=salon.company, way=Way.NONE)
    page = reverse("admin:integrations_smsgateway_change", args=[made.pk])
    typed = {
        "active": "on",
        "way": Way.APPRISE,
        "per_minute": "60",
        "shape": made.shape,
        "body": made.body,
        "new_secret": f"httpsms://{KEY}@4930231250/{{to}}",
        "report_id_field": "reference",
        "report_state_field": "status",
        "report_delivered": "delivered",
        "report_failed": "failed",
    }
    answer = owner.post(page, typed)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made.refresh_from_db()
    return made


@pytest.fixture
def sent(salon: Salon, mobile: Customer, time: time_machine.Traveller) -> Sent:
    def booked() -> tuple[int, list[str]]:
        book(salon, mobile, "13:00")
        later(time)
        return work(), states()

    return booked


def test_it_arrives_whole_and_as_long_as_it_is(
    sent: Sent, mobile: Customer, owner: Client, httpsms: SmsGateway, gateway: Gateway
) -> None:
    assert sent() == (1, [MessageState.SENT])
    text = gsm.plain(outgoing_text(Message.objects.get()))
    assert gsm.length_of(text).parts > 1
    assert gateway.asked == [{"to": mobile.phone, "from": "+4930231250", "content": text, "key": KEY}]

    try_it = reverse("admin:integrations_smsgateway_try", args=[httpsms.pk])
    said = owner.post(try_it, {"number": "0151 98765432"}, follow=True)
    assert "Der Anbieter hat die Testnachricht" in said.content.decode()
    assert gateway.taken == [mobile.phone, "+4915198765432"]


@pytest.mark.usefixtures("httpsms")
@pytest.mark.parametrize("answer", [401, 503, 0])
def test_whatever_is_no_yes_is_for_a_person(
    answer: int, sent: Sent, gateway: Gateway, time: time_machine.Traveller
) -> None:
    gateway.answers = [answer]
    assert sent() == (0, [MessageState.UNCLEAR])
    later(time, hours=1)
    assert (work(), len(gateway.asked)) == (0, 1)


@pytest.mark.usefixtures("httpsms")
def test_a_gateway_that_says_nothing_keeps_nobody_for_long(
    sent: Sent,
    mobile: Customer,
    gateway: Gateway,
    time: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(by_apprise, "READ_SECONDS", 0.2)
    gateway.silence = Silence(accepted=[str(mobile.phone)])
    assert sent() == (0, [MessageState.UNCLEAR])
    gateway.silence = None
    later(time, hours=1)
    assert (work(), gateway.taken) == (0, [mobile.phone])


@pytest.mark.usefixtures("httpsms")
def test_a_provider_whose_name_leads_inside_is_not_asked(sent: Sent, gateway: Gateway) -> None:
    with override_settings(LOOPBACK_TARGETS=False):
        assert sent() == (0, [MessageState.FAILED])
    assert gateway.asked == []


@pytest.mark.parametrize("answer", [200, 401])
def test_no_line_says_the_key_or_the_number(
    answer: int, sent: Sent, httpsms: SmsGateway, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Down to the smallest line. apprise would write both down: its own lines are switched off."""
    caplog.set_level(logging.DEBUG)
    gateway.answers = [answer]
    sent()
    httpsms.refresh_from_db()
    kept = f"{caplog.text} {httpsms.last_error} {Message.objects.get().error}"
    assert len(gateway.asked) == 1
    assert [secret for secret in (KEY, "15112345678") if secret in kept] == []

    with caplog.at_level(logging.DEBUG, logger="apprise"):
        by_apprise.check_url(f"httpsms://{KEY}@4930231250/{{to}}")
    assert "httpsms" in caplog.text.lower(), "it would"
