"""A real mail server on loopback, and a salon that writes to its customers."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.test import override_settings
from django.utils import timezone
from icalendar import Calendar

from appointments import booking
from appointments.models import Appointment, Customer, Service
from appointments.models.appointment import Source
from integrations.messaging import reminders, sending, telling
from integrations.models import Message, Messaging
from tests.integrations.messaging.sms_gateway import gateway, mobile, sms
from tests.salons import MONDAY, NOW, Salon, at, make_salon

# Fixtures of all tests here.
__all__ = ["gateway", "mobile", "sms"]

BREAKS_OFF = "breaks off"


@dataclass
class Letterbox:
    """What the server took, and what it shall answer instead of taking it, or ``BREAKS_OFF``."""

    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            answer = self.answers.pop(0)
            if answer == BREAKS_OFF:
                server.transport.abort()
            return answer
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [str(letter["subject"]).strip() for letter in self.letters]

    def calendar_of(self, number: int = -1) -> str:
        """The calendar entry of a letter."""
        parts = [part for part in self.letters[number].walk() if part.get_content_type() == "text/calendar"]
        return str(parts[0].get_content())

    def entry(self, number: int = -1) -> tuple[str, int, str, str, str]:
        """Of its calendar entry: UID, SEQUENCE, METHOD, STATUS and DTSTART."""
        calendar = Calendar.from_ical(self.calendar_of(number))
        (event,) = calendar.walk("VEVENT")
        start = event["DTSTART"].to_ical().decode()
        return str(event["UID"]), int(event["SEQUENCE"]), str(calendar["METHOD"]), str(event["STATUS"]), start


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def mail_server() -> Iterator[tuple[Letterbox, int]]:
    letterbox, port = Letterbox(), free_port()
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield letterbox, port
    controller.stop()


@pytest.fixture
def letterbox(mail_server: tuple[Letterbox, int]) -> Iterator[Letterbox]:
    box, port = mail_server
    box.letters.clear()
    box.answers.clear()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        PUBLIC_URL="https://salon.example",
    ):
        yield box


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def salon(db: None, time: time_machine.Traveller) -> Salon:
    salon = make_salon()
    Messaging.objects.create(branch=salon.branch)
    return salon


@pytest.fixture
def jana(salon: Salon) -> Customer:
    return Customer.objects.create(
        company=salon.company, name="Jana Probst", phone="+4930231250", email="jana@probst.example"
    )


def book(salon: Salon, customer: Customer | None, clock: str, service: Service | None = None) -> Appointment:
    """With Emma, on the Monday after."""
    return booking.book(
        salon.request(service or salon.cut, salon.emma, now=timezone.now()),
        start=at(MONDAY, clock),
        visit=booking.Visit(source=Source.STAFF, customer=customer),
    )


def work() -> int:
    """What the worker does every minute."""
    now = timezone.now()
    telling.tell_due(now=now)
    reminders.remind_due(now=now)
    return sending.send_due(now=now)


def later(time: time_machine.Traveller, **delta: int) -> None:
    """Two minutes, unless told otherwise."""
    time.shift(timedelta(**(delta or {"minutes": 2})))


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))
