"""A thousand reminders at six in the evening: how fast, how many of them twice, and never too many in a minute."""

import resource
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

import time_machine
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection
from django.utils import timezone

from appointments import booking
from appointments.models import Customer, Staff
from integrations import tasks
from integrations.messaging import reminders, sending
from integrations.models import AppointmentNotice, ContactPreference, Message, Messaging, RequestBudget
from tests.salons import Salon, at, make_salon

REMINDERS, SILENT = 1_000, 100
STYLISTS, SLOTS = 55, 20
WORKERS = 2
LIMIT = 100
# How long the queue may take to look at what is to be done once more.
STEP = timedelta(seconds=30)
MEGABYTE = 1024


@dataclass
class Letters:
    """To whom something came, and at which instant by the clock of the bench."""

    came: list[tuple[str, datetime]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.came.append((envelope.rcpt_tos[0], timezone.now()))
        return "250 OK"

    @property
    def doubles(self) -> int:
        return len(self.came) - len({recipient for recipient, _moment in self.came})

    @property
    def most_in_a_minute(self) -> int:
        """In any 60 seconds, wherever they begin."""
        moments = sorted(moment for _recipient, moment in self.came)
        minute = timedelta(minutes=1)
        return max(
            (sum(begin <= each < begin + minute for each in moments) for begin in set(moments)), default=0
        )


def run() -> tuple[str, bool]:
    """The table, and whether everything that is promised was kept."""
    day = timezone.localdate() + timedelta(days=14)
    day -= timedelta(days=day.weekday())
    salon = _salon(day)
    six = at(day - timedelta(days=1), "18:00")
    with _mail_server() as letters, time_machine.travel(six, tick=False) as clock:
        fast, facts = _as_fast_as_possible(letters)
        _once_more(salon)
        letters.came.clear()
        minutes = _within_the_limit(letters, clock, six)
    slow = letters
    rows = [
        *facts,
        (
            f"with at most {LIMIT} a minute: until the last one left, by the salon's clock",
            f"{minutes:.0f} min",
        ),
        ("… most in any 60 seconds", str(slow.most_in_a_minute)),
        ("… doubles", str(slow.doubles)),
        ("… to those who did not agree or took it back", str(_unwanted(slow.came))),
    ]
    kept = (
        len(fast) == len(slow.came) == REMINDERS
        and not slow.doubles
        and not _unwanted(slow.came)
        and slow.most_in_a_minute <= LIMIT
    )
    title = f"| a burst of {REMINDERS:,} reminders on the day before at 18:00 | |"
    return "\n".join([title, "|---|---:|", *(f"| {what} | {value} |" for what, value in rows)]), kept


def _salon(day: date) -> Salon:
    """A full day: everybody has an address, most agreed to be reminded."""
    Messaging.objects.all().delete()  # of an earlier run
    salon = make_salon(f"bench-{uuid4().hex[:12]}")
    company, now = salon.company, timezone.now()
    Messaging.objects.create(branch=salon.branch, reminds_day_before=True)
    salon.cut.phases.update(minutes=30)
    people = [
        Staff(company=company, branch=salon.branch, name=f"Stylist {number}") for number in range(STYLISTS)
    ]
    Staff.objects.bulk_create(people)
    for number in range(REMINDERS + SILENT):
        name = f"Kundin {number}"
        agrees = number < REMINDERS
        address = f"{'willing' if agrees else 'silent'}{number}@kundin.example"
        customer = Customer.objects.create(company=company, name=name, email=address)
        # Of those who get none, every other one has taken it back.
        if agrees or number % 2:
            ContactPreference.objects.create(
                company=company, customer=customer, reminders_agreed_at=now if agrees else None
            )
        start = at(day, "08:00") + (number % SLOTS) * timedelta(minutes=30)
        booking.book(
            salon.request(salon.cut, people[number // SLOTS], now=now),
            start=start,
            visit=booking.Visit(source="staff", customer=customer),
        )
    # That they were confirmed is another matter.
    AppointmentNotice.objects.filter(company=company).delete()
    return salon


@contextmanager
def _mail_server() -> Iterator[Letters]:
    letters = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    controller.start()
    try:
        yield letters
    finally:
        controller.stop()


def _as_fast_as_possible(letters: Letters) -> tuple[list[str], list[tuple[str, str]]]:
    """Two workers at the same messages at once, without a limit."""
    settings.EMAILS_PER_MINUTE = 0
    before, begun = _memory(), perf_counter()
    with _counting() as written:
        while reminders.remind_due(now=timezone.now()):
            pass
    writing, begun = perf_counter() - begun, perf_counter()
    with ThreadPoolExecutor(WORKERS) as workers:
        counts = list(workers.map(lambda _worker: _send_all(), range(WORKERS)))
    took = perf_counter() - begun
    sent = sum(one for one, _queries in counts)
    queries = sum(each for _one, each in counts)
    return [recipient for recipient, _moment in letters.came], [
        ("writing them", f"{writing:.1f} s"),
        ("… statements for each", f"{written['count'] / REMINDERS:.1f}"),
        (f"sending them, {WORKERS} workers at once, no limit", f"{took:.1f} s"),
        ("… messages a minute", f"{sent / took * 60:,.0f}"),
        ("… statements for each", f"{queries / REMINDERS:.1f}"),
        ("… doubles", str(letters.doubles)),
        ("… memory more than before", f"{max(0, _memory() - before):.0f} MB"),
    ]


def _send_all() -> tuple[int, int]:
    try:
        with _counting() as queries:
            sent = 0
            while left := sending.send_due(now=timezone.now()):
                sent += left
        return sent, queries["count"]
    finally:
        connection.close()


def _once_more(salon: Salon) -> None:
    Message.objects.filter(company=salon.company).delete()
    RequestBudget.objects.all().delete()
    settings.EMAILS_PER_MINUTE = LIMIT


def _within_the_limit(letters: Letters, clock: time_machine.Traveller, begun: datetime) -> float:
    """As the worker does it: every minute everything, in between what could not leave. In minutes."""
    for step in range(200):
        if step % 2:
            tasks.send_messages()
        else:
            tasks.tell_customers()
        if len(letters.came) >= REMINDERS:
            break
        clock.shift(STEP)
    return (timezone.now() - begun) / timedelta(minutes=1)


def _unwanted(came: list[tuple[str, datetime]]) -> int:
    return sum(recipient.startswith("silent") for recipient, _moment in came)


@contextmanager
def _counting() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()

    def count(execute: Any, *args: Any) -> Any:
        counted["count"] += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        yield counted


def _memory() -> float:
    """The most this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
