"""A sequence's own salon, its neighbour, its own Cal.com, and the post between them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import time_machine
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from appointments import hooks
from appointments.models import ApiToken, Appointment, Customer, Reservation, Service, Staff
from appointments.models.appointment import Source, Status
from calls.models import CallEvent
from integrations.models import (
    AppointmentNotice,
    CalendarBooking,
    CalendarCase,
    CalendarEvent,
    CalendarSync,
    Message,
    Messaging,
    SlotReservation,
)
from integrations.sandbox import Sandbox, World, serve
from integrations.sandbox.records import Booking
from tests.api.client import Api
from tests.integrations.calendar import CUTS, PERMS, make_world, map_salon
from tests.integrations.sandbox_fixtures import Receiver
from tests.salons import MONDAY, NOW, Salon, at, make_salon
from tests.whole import mail
from tests.whole.dying import Fate
from tests.whole.journal import TALLY, Journal
from tests.whole.promises import Promises

SECRET = "whsec_of_a_salon"
# Few, so that they meet. The perm's parts lie 0 to 50, 65 to 70 and 80 to 135 minutes after its start.
CLOCKS = ("09:00", "09:30", "10:00", "10:05", "10:55", "11:20", "12:15", "14:00", "17:30")
DAYS = (MONDAY, MONDAY + timedelta(days=1))
PLACES = tuple(at(day, clock) for day in DAYS for clock in CLOCKS)
EVENT_TYPES = (*CUTS.values(), *(number for types in PERMS.values() for number in types.values()))
# Who calls: name and number. The last one hides theirs.
CALLERS = (("Mara Test", "+4930900222"), ("Jana Probst", "+4930900333"), ("Tom Reuter", "anonymous"))
# What nobody is promised who hears of it for the first time.
NOT_PROMISED = (Status.CANCELLED, Status.REJECTED, Status.CONFLICT)

_numbers = count(1)


@dataclass
class Stage:
    """``guests``: uids of other people's bookings that nobody of the salon has touched. ``begun``: the
    appointments that somebody is about to change, and whether it is a caller, until it is noted.
    """

    salon: Salon
    other: Salon
    sandbox: Sandbox
    receiver: Receiver
    time: Any
    customers: list[Customer]
    user: Any
    desk: Client
    api: Api
    other_api: Api
    journal: Journal
    fate: Fate = field(default_factory=Fate)
    promises: Promises = field(default_factory=Promises)
    guests: set[str] = field(default_factory=set)
    begun: dict[int, bool] = field(default_factory=dict)
    letters: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    is_sound: bool = True

    @property
    def world(self) -> World:
        return self.sandbox.world

    @property
    def now(self) -> datetime:
        return timezone.now()

    def forward(self, **passed: float) -> None:
        self.time.shift(timedelta(**passed))

    def staff(self, *, is_emma: bool) -> Staff:
        return self.salon.emma if is_emma else self.salon.jonas

    def service(self, *, is_perm: bool) -> Service:
        return self.salon.perm if is_perm else self.salon.cut

    def appointments(self) -> Sequence[Appointment]:
        found = Appointment.objects.filter(company=self.salon.company).order_by("pk")
        return list(found.select_related("company", "branch__company", "staff", "service", "customer"))

    def revisions(self) -> dict[int, int]:
        return dict(Appointment.objects.filter(company=self.salon.company).values_list("pk", "revision"))

    def cases(self) -> Sequence[CalendarCase]:
        found = CalendarCase.objects.filter(company=self.salon.company, solved_at=None)
        return list(found.select_related("appointment").order_by("pk"))

    def standing(self) -> list[Booking]:
        return self.world.bookings(standing=True)

    # Pieces of work.

    @contextmanager
    def work(self) -> Iterator[None]:
        """A process of its own; whether it died or not, the world is looked at afterwards."""
        before = self.revisions()
        with self.fate.work():
            yield
        self.notice(before)
        self.collect()

    def notice(self, before: dict[int, int]) -> None:
        """What a process had committed before it died stands, though it could tell nobody."""
        for one in self.appointments():
            is_new = one.pk not in before and one.source != Source.CALENDAR
            is_begun = one.pk in self.begun and one.revision != before.get(one.pk)
            if is_begun or (is_new and one.pk not in self.promises.known and one.status != Status.CONFLICT):
                self.noted(one)
        self.begun.clear()

    def committed(self, pk: int) -> None:
        """As soon as it is stored, whatever happens next: called by the writer's own hook."""
        with self.fate.out_of_it():
            one = Appointment.objects.get(pk=pk)
            is_new = one.source != Source.CALENDAR and pk not in self.promises.known
            if one.company_id == self.salon.company.pk and (
                pk in self.begun or (is_new and one.status not in NOT_PROMISED)
            ):
                self.noted(one)

    def noted(self, appointment: Appointment) -> None:
        """It is as people have been told, or are about to be; its booking is the salon's affair now."""
        is_asked = self.begun.pop(appointment.pk, appointment.source == Source.PHONE)
        (self.promises.ask if is_asked else self.promises.note)(appointment)
        uids = CalendarBooking.objects.filter(appointment=appointment).values_list("uid", flat=True)
        for uid in uids:
            self.give_up(uid)

    def give_up(self, uid: str | None) -> None:
        """With what it has been moved to at Cal.com, of which the salon may not have heard."""
        while uid:
            self.guests.discard(uid)
            there = self.world.booking(uid)
            uid = there.rescheduled_to if there else None

    def demand(self, wrong: Sequence[str]) -> None:
        if wrong:
            self.is_sound = False
        assert not wrong, "\n".join(wrong)

    # The post.

    def collect(self) -> None:
        """The letters that Cal.com has written since."""
        self.letters += self.receiver.raw
        self.receiver.raw.clear()

    def deliver(self, letter: tuple[dict[str, str], bytes]) -> None:
        headers, raw = letter
        signature = {"X-Cal-Signature-256": headers["X-Cal-Signature-256"]}
        url = f"/calcom/webhook/{self.salon.company.slug}/"
        client = Client(raise_request_exception=False)
        response = client.post(url, data=raw, content_type="application/json", headers=signature)
        # Cal.com sends nothing twice: what a failing database did not take is lost.
        fine = response.status_code == 204 or self.fate.hurt
        self.demand([] if fine else [f"I4: a webhook is answered {response.status_code}"])


@contextmanager
def staged(settings: Any, receiver: Receiver, *, mode: str = "mirror") -> Iterator[Stage]:
    """Afterwards nothing of it is due any more, so that the next sequence is alone."""
    number = next(_numbers)
    with time_machine.travel(NOW, tick=True) as time, serve(make_world()) as sandbox:
        settings.CALCOM_API_URL = sandbox.url
        # Restraint has its own tests.
        settings.CALENDAR_REQUESTS_PER_MINUTE = sandbox.world.rate_limit = 100_000
        settings.CALCOM_API_KEY = f"{sandbox.key}_{number}"
        settings.EMAIL_BACKEND = mail.PATH
        mail.Letterbox.empty()
        receiver.raw.clear()
        sandbox.webhook(receiver.url, SECRET)
        _count_faults(sandbox.world)
        stage = _set(number, mode, sandbox, receiver, time)
        with _hearing(stage.committed):
            try:
                yield stage
            finally:
                connection.close_if_unusable_or_obsolete()
                _clear(stage)


def _set(number: int, mode: str, sandbox: Sandbox, receiver: Receiver, time: Any) -> Stage:
    salon, other = make_salon(f"salon-{number}", calendar=mode), make_salon(f"nachbar-{number}")
    map_salon(salon)
    Messaging.objects.create(branch=salon.branch, daily_limit=50)
    customers = [
        Customer.objects.create(
            company=salon.company,
            name=name,
            phone=phone,
            email=f"{name.split()[0].lower()}@kundin.example",
            created_at=timezone.now(),
        )
        for name, phone in CALLERS[:2]
    ]
    user = get_user_model().objects.create(username=salon.company.slug, is_staff=True, is_superuser=True)
    desk = Client()
    desk.force_login(user)
    api, other_api = (
        Api(ApiToken.objects.issue(company=one.company, name="Kasse", now=timezone.now())[1])
        for one in (salon, other)
    )
    return Stage(
        salon, other, sandbox, receiver, time, customers, user, desk, api, other_api, Journal(timezone.now())
    )


def _count_faults(world: World) -> None:
    take = world.faults.take

    def counted(operation: str, event_type: int | None) -> Any:
        fault = take(operation, event_type)
        if fault is not None:
            TALLY.faults[f"Cal.com: {fault.fault}"] += 1
        return fault

    world.faults.take = counted  # type: ignore[method-assign]


@contextmanager
def _hearing(committed: Callable[[int], None]) -> Iterator[None]:
    def changed(appointment: Appointment) -> None:
        transaction.on_commit(lambda: committed(appointment.pk))

    hooks.on_change(changed)
    try:
        yield
    finally:
        hooks._changed.remove(changed)


def _clear(stage: Stage) -> None:
    for model in (CalendarCase, CalendarEvent, CalendarSync, SlotReservation, CalendarBooking):
        model.objects.filter(company=stage.salon.company).delete()
    for model in (Message, AppointmentNotice):
        model.objects.filter(company=stage.salon.company).delete()
    CallEvent.objects.all().delete()
    Reservation.objects.held().filter(company__in=(stage.salon.company, stage.other.company)).delete()
