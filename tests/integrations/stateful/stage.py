"""A sequence's own salon, its own Cal.com, and the post between them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from appointments.models import Appointment, Customer, Reservation, Service, Staff
from integrations.models import (
    CalendarBooking,
    CalendarCase,
    CalendarEvent,
    CalendarSync,
    EventOutcome,
    SlotReservation,
)
from integrations.sandbox import Sandbox, World, serve
from integrations.sandbox.records import Booking
from tests.integrations.calendar import CUTS, PERMS, make_world, map_salon
from tests.integrations.sandbox_fixtures import Receiver
from tests.integrations.stateful.dying import Fate
from tests.salons import MONDAY, NOW, Salon, at, make_salon

SECRET = "whsec_of_a_salon"
# Few, so that they meet. The perm's parts lie 0 to 50, 65 to 70 and 80 to 135 minutes after its start.
CLOCKS = ("09:00", "09:30", "10:00", "10:05", "10:55", "11:20", "12:15", "14:00", "17:30")
DAYS = (MONDAY, MONDAY + timedelta(days=1))
PLACES = tuple(at(day, clock) for day in DAYS for clock in CLOCKS)
EVENT_TYPES = (*CUTS.values(), *(number for types in PERMS.values() for number in types.values()))

_numbers = count(1)


@dataclass
class Stage:
    salon: Salon
    sandbox: Sandbox
    receiver: Receiver
    time: Any
    customer: Customer
    user: Any
    fate: Fate = field(default_factory=Fate)
    letters: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

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

    def holds(self) -> Sequence[Reservation]:
        held = Reservation.objects.held().filter(company=self.salon.company, holder__startswith="call-")
        return list(held.select_related("branch__company", "staff", "service").order_by("pk"))

    def cases(self) -> Sequence[CalendarCase]:
        found = CalendarCase.objects.filter(company=self.salon.company, solved_at=None)
        return list(found.select_related("appointment").order_by("pk"))

    def unread(self) -> bool:
        return CalendarEvent.objects.filter(company=self.salon.company, outcome=EventOutcome.NEW).exists()

    def standing(self) -> list[Booking]:
        return self.world.bookings(standing=True)

    def collect(self) -> None:
        """The letters that Cal.com has written since."""
        self.letters += self.receiver.raw
        self.receiver.raw.clear()

    def deliver(self, letter: tuple[dict[str, str], bytes]) -> None:
        headers, raw = letter
        signature = {"X-Cal-Signature-256": headers["X-Cal-Signature-256"]}
        url = f"/calcom/webhook/{self.salon.company.slug}/"
        response = Client().post(url, data=raw, content_type="application/json", headers=signature)
        assert response.status_code == 204


@contextmanager
def staged(settings: Any, receiver: Receiver, *, mode: str = "mirror") -> Iterator[Stage]:
    """Afterwards nothing of it is due any more, so that the next sequence is alone."""
    number = next(_numbers)
    with time_machine.travel(NOW, tick=True) as time, serve(make_world()) as sandbox:
        settings.CALCOM_API_URL = sandbox.url
        # Restraint has its own tests.
        settings.CALENDAR_REQUESTS_PER_MINUTE = sandbox.world.rate_limit = 100_000
        settings.CALCOM_API_KEY = f"{sandbox.key}_{number}"
        salon = make_salon(f"salon-{number}", calendar=mode)
        map_salon(salon)
        customer = Customer.objects.create(
            company=salon.company, name="Mara Test", phone="+4930900222", created_at=timezone.now()
        )
        user = get_user_model().objects.create(username=salon.company.slug)
        receiver.raw.clear()
        sandbox.webhook(receiver.url, SECRET)
        stage = Stage(salon, sandbox, receiver, time, customer, user)
        try:
            yield stage
        finally:
            for model in (CalendarCase, CalendarEvent, CalendarSync, SlotReservation, CalendarBooking):
                model.objects.filter(company=salon.company).delete()
