"""``kill -9`` of real worker processes while they are sending, before and after the server has accepted."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Semaphore
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
from integrations.messaging import outbox, telling
from integrations.models import Message, MessageState, Messaging
from tests.calls.race.servers import environment
from tests.integrations.messaging.conftest import Letterbox, free_port, work
from tests.salons import at, make_salon

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 30
ACCEPTED, REFUSED = "accepted@probst.example", "refused@probst.example"


@dataclass
class Holding(Letterbox):
    """Reads a message to its end and then says nothing, with the one already stored, with the other not."""

    holds: bool = True
    held: Semaphore = field(default_factory=lambda: Semaphore(0))
    read: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        (recipient,) = envelope.rcpt_tos
        self.read.append((recipient, _message_id(envelope.content)))
        if not self.holds or recipient == ACCEPTED:
            await super().handle_DATA(server, session, envelope)
        if self.holds:
            self.held.release()
            await server.loop.create_future()  # for ever: cancelled when the line breaks
        return "250 OK"


def _message_id(content: bytes) -> str:
    return next(line for line in content.decode().splitlines() if line.lower().startswith("message-id:"))


@pytest.fixture
def holding() -> Iterator[tuple[Holding, int]]:
    letterbox, port = Holding(), free_port()
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield letterbox, port
    controller.stop()


@contextmanager
def worker(port: int, log: Path) -> Iterator[None]:
    """``manage.py qcluster`` with its worker processes, all of which are killed at the end."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.integrations.messaging.worker_settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "TASK_WORKERS": "2",
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


def recipients(letterbox: Letterbox) -> list[str]:
    return [str(letter["to"]) for letter in letterbox.letters]


def test_nobody_gets_it_twice_and_whoever_got_none_is_a_thing_to_do(
    holding: tuple[Holding, int], tmp_path: Path, admin_user: Any
) -> None:
    letterbox, port = holding
    salon, today = make_salon(), timezone.localdate()
    Messaging.objects.create(branch=salon.branch)
    day = today + timedelta(days=14 - today.weekday())
    for number, address in enumerate((ACCEPTED, REFUSED)):
        booking.book(
            salon.request(salon.cut, salon.emma, now=timezone.now()),
            start=at(day, f"{10 + number}:00"),
            visit=booking.Visit(
                source=Source.STAFF,
                customer=Customer.objects.create(company=salon.company, name="Jana Probst", email=address),
            ),
        )
    telling.tell_due(now=timezone.now() + timedelta(minutes=2))
    Message.objects.update(next_try_at=timezone.now())
    Schedule.objects.all().delete()  # nothing else to do for this worker

    with worker(port, tmp_path / "worker.log"):
        for _message in range(2):
            async_task("integrations.tasks.tell_customers")
        for _message in range(2):
            assert letterbox.held.acquire(timeout=PATIENCE_SECONDS), (tmp_path / "worker.log").read_text()

    assert recipients(letterbox) == [ACCEPTED]
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.HANDED_OVER}
    letterbox.holds = False
    ours = override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
    )
    with ours, time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False) as time:
        for _minute in range(3):
            work()
            time.shift(timedelta(minutes=1))
        # Never again by itself, and both are to be seen.
        assert recipients(letterbox) == [ACCEPTED]
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.UNCLEAR}
        (unsent,) = [one for one in worklist.lists_for(admin_user) if one.key == "unsent_messages"]
        assert unsent.find(access_of(admin_user), timezone.now()).count() == 2

        # The one says that it arrived, the other that it did not.
        outbox.settle(Message.objects.filter(recipient=ACCEPTED), user=admin_user, now=timezone.now())
        outbox.send_again(Message.objects.filter(recipient=REFUSED), now=timezone.now())
        assert work() == 1
        assert recipients(letterbox) == [ACCEPTED, REFUSED]
        assert unsent.find(access_of(admin_user), timezone.now()).count() == 0
    ids = [message_id for recipient, message_id in letterbox.read if recipient == REFUSED]
    assert len(ids) == 2
    assert len(set(ids)) == 1  # a server that was given it twice could tell
