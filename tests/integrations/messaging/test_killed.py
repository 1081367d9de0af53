"""``kill -9`` of real worker processes while they are sending, e-mails and SMS, before and after the mail server
or the gateway has accepted.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

from appointments import booking, worklist
from appointments.access import access_of
from appointments.models import Customer
from appointments.models.appointment import Source
from integrations.messaging import outbox, reports, telling
from integrations.messaging.post import message_id_of
from integrations.models import Medium, Message, MessageState, Messaging, SmsGateway
from tests.calls.race.servers import environment
from tests.integrations.messaging.conftest import Letterbox, free_port, work
from tests.integrations.messaging.silence import Silence
from tests.integrations.messaging.sms_gateway import Gateway
from tests.salons import at, make_salon

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 30
# Each provider takes the first and not the second, and answers neither.
MAILS = ("accepted@probst.example", "refused@probst.example")
NUMBERS = ("+4915112345678", "+4915112345679")


@dataclass
class Mailbox(Letterbox):
    """``heard``: the Message-ID of all that were begun."""

    silence: Silence | None = None
    heard: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        (recipient,) = envelope.rcpt_tos
        self.heard.append(_message_id(envelope.content))
        if self.silence is None or recipient in self.silence.accepted:
            await super().handle_DATA(server, session, envelope)
        if self.silence is not None:
            self.silence.begun.release()
            await server.loop.create_future()  # for ever: cancelled when the line breaks
        return "250 OK"

    @property
    def taken(self) -> list[str]:
        return [str(letter["to"]) for letter in self.letters]


def _message_id(content: bytes) -> str:
    lines = content.decode().splitlines()
    return next(line.partition(" ")[2] for line in lines if line.lower().startswith("message-id:"))


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
    ):
        yield mailbox, port
    controller.stop()


@contextmanager
def worker(port: int, log: Path) -> Iterator[None]:
    """``manage.py qcluster`` with its worker processes, all of which are killed at the end."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.integrations.messaging.worker_settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "TASK_WORKERS": "4",
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=settings.BASE_DIR,
            env={**environment(connection.settings_dict["NAME"]), **own},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)


def four_messages_wait(url: str) -> SmsGateway:
    """Two e-mails and two SMS, of four appointments on the Monday after next. ``url``: the gateway's."""
    salon, today = make_salon(), timezone.localdate()
    Messaging.objects.create(branch=salon.branch, sms=True)
    gateway = SmsGateway(company=salon.company, url=url, id_field="id")
    gateway.secret = "Bearer geheim"
    gateway.save()
    reached = [*({"email": each} for each in MAILS), *({"phone": each} for each in NUMBERS)]
    for number, facts in enumerate(reached):
        booking.book(
            salon.request(salon.cut, salon.emma, now=timezone.now()),
            start=at(today + timedelta(days=14 - today.weekday()), f"{10 + number}:00"),
            visit=booking.Visit(
                source=Source.STAFF,
                customer=Customer.objects.create(company=salon.company, name="Jana Probst", **facts),
            ),
        )
    telling.tell_due(now=timezone.now() + timedelta(minutes=2))
    Message.objects.update(next_try_at=timezone.now())
    Schedule.objects.all().delete()  # nothing else to do for the worker
    return gateway


def test_nobody_gets_it_twice_and_whoever_got_none_is_a_thing_to_do(
    mailbox: tuple[Mailbox, int], gateway: Gateway, tmp_path: Path, admin_user: Any
) -> None:
    (post, port), log = mailbox, tmp_path / "worker.log"
    settings_of_sms = four_messages_wait(gateway.url)
    post.silence = gateway.silence = silence = Silence(accepted=(MAILS[0], NUMBERS[0]))

    with worker(port, log):
        for _message in range(4):
            async_task("integrations.tasks.tell_customers")
        for _message in range(4):
            assert silence.begun.acquire(timeout=PATIENCE_SECONDS), log.read_text()
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.HANDED_OVER}

    assert (post.taken, gateway.taken) == ([MAILS[0]], [NUMBERS[0]])
    post.silence = gateway.silence = None
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False) as time:
        for _minute in range(3):
            work()
            time.shift(timedelta(minutes=1))
        # Never again by itself, and all are to be seen.
        assert (post.taken, gateway.taken) == ([MAILS[0]], [NUMBERS[0]])
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.UNCLEAR}
        (unsent,) = [one for one in worklist.lists_for(admin_user) if one.key == "unsent_messages"]
        assert unsent.find(access_of(admin_user), timezone.now()).count() == 4

        # Of those that arrived one customer says so, and of the other the gateway's report. The rest are asked for.
        outbox.settle(Message.objects.filter(recipient=MAILS[0]), user=admin_user, now=timezone.now())
        reference = next(each["reference"] for each in gateway.asked if each["to"] == NUMBERS[0])
        report = {"reference": reference, "status": "delivered"}
        assert reports.note(settings_of_sms, report, now=timezone.now()) == reports.Outcome.NOTED
        refused = Message.objects.filter(recipient__in=(MAILS[1], NUMBERS[1]))
        outbox.send_again(refused, now=timezone.now())
        assert work() == 2
        assert (post.taken, gateway.taken) == (list(MAILS), list(NUMBERS))
        assert unsent.find(access_of(admin_user), timezone.now()).count() == 0

    mail, sms = refused.get(medium=Medium.EMAIL), refused.get(medium=Medium.SMS)
    # A mail server that was given it twice could tell, and a gateway's reports can be told apart.
    assert post.heard.count(message_id_of(mail)) == 2
    names = [each["reference"] for each in gateway.asked if each["to"] == NUMBERS[1]]
    assert names == [f"terminfest-{sms.pk}", f"terminfest-{sms.pk}-1"]
