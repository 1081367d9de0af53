"""What is about no appointment: a promised callback, a call in vain, an offer from the waitlist; and bounces."""

from io import BytesIO, StringIO, TextIOWrapper

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.access import Role
from appointments.models import Appointment, Customer, WaitlistEntry
from appointments.waitlist import offering
from calls import callback_messages
from calls.models import Callback
from integrations.messaging import by_apprise, offers
from integrations.models import Message, MessageKind, MessageState, Messaging, OptOut, SmsGateway, Way
from tests.admin.test_scoping import member
from tests.calls.phone import Phone
from tests.integrations.messaging.conftest import Letterbox, book, later, states, work
from tests.salons import MONDAY, Salon, at

CALLER = "+4915112345678"


@pytest.fixture
def shown(salon: Salon) -> SmsGateway:
    """A gateway that sends to nobody: messages are only shown."""
    Messaging.objects.update(sms=True)
    return SmsGateway.objects.create(company=salon.company, way=Way.NONE)


@pytest.mark.usefixtures("shown")
class TestCallbacks:
    def test_a_promised_one_is_said_once_to_the_number_that_called(
        self, salon: Salon, time: time_machine.Traveller
    ) -> None:
        Phone(salon.number, CALLER).ask("request_callback", grund="Rückfrage")
        later(time, minutes=3)
        assert callback_messages.acknowledge_due(now=timezone.now()) == 1
        assert callback_messages.acknowledge_due(now=timezone.now()) == 0
        message = Message.objects.get()
        assert (message.kind, message.recipient, work()) == (MessageKind.CALLBACK, CALLER, 1)
        assert "Wir rufen Sie zurück, spätestens" in message.text

    def test_a_number_that_was_only_named_gets_none(self, salon: Salon, time: time_machine.Traveller) -> None:
        Phone(salon.number, CALLER).ask("request_callback", grund="Rückfrage", telefon="+4915198765432")
        later(time, minutes=3)
        assert callback_messages.acknowledge_due(now=timezone.now()) == 0

    def test_one_that_is_done_when_it_would_leave_does_not(
        self, salon: Salon, time: time_machine.Traveller
    ) -> None:
        Phone(salon.number, CALLER).ask("request_callback", grund="Rückfrage")
        later(time, minutes=3)
        callback_messages.acknowledge_due(now=timezone.now())
        Callback.objects.update(state="done", done_at=timezone.now())
        assert (work(), states()) == (0, [MessageState.OVERTAKEN])

    def test_please_call_us_is_said_once_however_often_it_is_pressed(
        self, salon: Salon, time: time_machine.Traveller
    ) -> None:
        Phone(salon.number, CALLER).ask("request_callback", grund="Rückfrage")
        rows = Callback.objects.all()
        now = timezone.now()
        assert [callback_messages.please_call(rows, user=None, now=now) for _press in range(2)] == [1, 0]
        assert work() == 1

    def test_who_has_refused_as_a_caller_hears_nothing(
        self, salon: Salon, time: time_machine.Traveller
    ) -> None:
        refusal = OptOut.objects.create(company=salon.company, medium="sms", address=CALLER)
        Phone(salon.number, CALLER).ask("request_callback", grund="Rückfrage")
        later(time, minutes=3)
        assert callback_messages.acknowledge_due(now=timezone.now()) == 0

        # They have told the salon that they changed their mind: it is of another call that they hear.
        page = reverse("admin:integrations_optout_delete", args=[refusal.pk])
        assert member(salon, Role.RECEPTIONIST).post(page, {"post": "yes"}).status_code == 302
        Phone(salon.number, CALLER).ask("request_callback", grund="Farbe")
        later(time, minutes=3)
        assert callback_messages.acknowledge_due(now=timezone.now()) == 1


class TestOffers:
    @pytest.fixture
    def entry(self, salon: Salon, jana: Customer, letterbox: Letterbox) -> WaitlistEntry:
        return WaitlistEntry.objects.create(
            company=salon.company,
            branch=salon.branch,
            customer=jana,
            service=salon.cut,
            first_day=MONDAY,
            last_day=MONDAY,
            created_at=timezone.now(),
        )

    def offered(self, salon: Salon, entry: WaitlistEntry) -> bool:
        start, now = at(MONDAY, "13:00"), timezone.now()
        return offering.offer(entry, staff=salon.emma, start=start, now=now)

    def test_whoever_answers_has_it(self, salon: Salon, entry: WaitlistEntry, letterbox: Letterbox) -> None:
        assert [self.offered(salon, entry) for _press in range(2)] == [True, False]
        assert work() == 1
        address = offers.link_to(offers.Offer(entry, salon.emma, at(MONDAY, "13:00")))
        path = address.removeprefix("https://salon.example")
        client = Client()
        assert (client.get(path).status_code, Appointment.objects.count()) == (200, 0)
        assert [client.post(path).status_code for _press in range(2)] == [302, 302]
        appointment = Appointment.objects.get()
        assert (appointment.customer, appointment.starts_at) == (entry.customer, at(MONDAY, "13:00"))

    def test_whoever_comes_late_is_told_so(self, salon: Salon, entry: WaitlistEntry) -> None:
        self.offered(salon, entry)
        book(salon, None, "13:00")
        assert (work(), states()) == (0, [MessageState.OVERTAKEN])
        address = offers.link_to(offers.Offer(entry, salon.emma, at(MONDAY, "13:00")))
        answer = Client().post(address.removeprefix("https://salon.example"))
        assert (answer.status_code, Appointment.objects.count()) == (200, 1)
        assert "gerade vergeben" in answer.content.decode()

    def test_what_was_not_signed_is_no_page(self, salon: Salon) -> None:
        assert Client().get(reverse("my-offer", args=["1-1-1.x.y"])).status_code == 404


@pytest.fixture
def mailed(salon: Salon, jana: Customer, letterbox: Letterbox, time: time_machine.Traveller) -> Message:
    book(salon, jana, "13:00")
    later(time)
    work()
    assert "List-Unsubscribe=One-Click" in letterbox.letters[0]["List-Unsubscribe-Post"]
    return Message.objects.get()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (("failed", "5.1.1", "20251123170200"), MessageState.UNDELIVERED),
        (("delayed", "4.4.7", "20251123170200"), MessageState.SENT),
        (("failed", "5.1.1", "20200101000000"), MessageState.SENT),
    ],
    ids=["came back", "is late", "of another system"],
)
def test_a_letter_that_came_back_is_a_thing_to_do(
    mailed: Message, said: tuple[str, str, str], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the mail server hands it to the command."""
    action, status, moment = said
    text = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.example\n\n"
        f"Final-Recipient: rfc822; jana@probst.example\nAction: {action}\nStatus: {status}\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: <message-{mailed.pk}.{moment}@terminfest.invalid>\n\n--b--\n"
    )
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    call_command("note_bounce", stdout=StringIO())
    assert states() == [state]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd?{to}", "seven://key", "seven://key/{to}?delay=9", "json://inside/{to}"]
)
def test_apprise_is_given_providers_of_sms_only(url: str) -> None:
    with pytest.raises(ValidationError):
        by_apprise.check_url(url)
    by_apprise.check_url("seven://abcdefgh/{to}")
