"""A small salon whose appointments also stand at Cal.com: the sandbox, over real HTTP.

Emma is host 101, Jonas 102. Each has an event type for the haircut, which Cal.com knows as 55 minutes
every five, and one for each of the perm's three runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from appointments import booking
from appointments.models import Appointment, Customer, Service, Staff
from integrations import convergence
from integrations.models import BookingState, CalendarBooking, CalendarEventType, CalendarHost, CalendarSync
from integrations.sandbox import EventType, Host, Sandbox, World, serve
from tests.salons import BERLIN, MONDAY, Salon, at, make_salon

HOSTS = {"emma": 101, "jonas": 102}
# Stylist's host id and the run's first phase to event type; position 1 of a cut is the cut.
CUTS = {101: 3001, 102: 4001}
PERMS = {101: {1: 3002, 3: 3003, 5: 3004}, 102: {1: 4002, 3: 4003, 5: 4004}}
RUN_MINUTES = {1: 50, 3: 5, 5: 55}


@dataclass
class CalendarSalon:
    salon: Salon
    sandbox: Sandbox
    customer: Customer

    @property
    def world(self) -> World:
        return self.sandbox.world

    def book(
        self, service: Service, staff: Staff, clock: str, *, undecided: bool = False, **visit: Any
    ) -> Appointment:
        """As staff do; ``undecided``: as on the phone, before the caller has been told."""
        facts = {"source": "staff", "customer": self.customer, **visit}
        appointment = booking.book(
            self.salon.request(service, staff, now=timezone.now()),
            start=at(MONDAY, clock),
            visit=booking.Visit(**facts),
        )
        if undecided:
            convergence.await_answer(appointment, now=timezone.now())
        return appointment

    def cut(self, clock: str = "10:00", staff: Staff | None = None, **facts: Any) -> Appointment:
        return self.book(self.salon.cut, staff or self.salon.emma, clock, **facts)

    def perm(self, clock: str = "10:00", staff: Staff | None = None, **facts: Any) -> Appointment:
        return self.book(self.salon.perm, staff or self.salon.emma, clock, **facts)

    def move(self, appointment: Appointment, clock: str, staff: Staff | None = None) -> Appointment:
        to = booking.Move(start=at(MONDAY, clock), staff=staff)
        return booking.reschedule(appointment, to, now=timezone.now())

    def cancel(self, appointment: Appointment) -> Appointment:
        return booking.cancel(appointment, now=timezone.now())

    def there(self) -> list[tuple[int, str, str]]:
        """What stands at Cal.com: ``(host, "10:00", "10:55")``, by time."""
        standing = sorted(self.world.bookings(standing=True), key=lambda one: (one.start, one.host_id))
        return [(one.host_id, clock_of(one.start), clock_of(one.end)) for one in standing]


def clock_of(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%H:%M}"


def converge(appointment: Appointment, *, seconds: float = 10) -> str:
    """The outcome of one comparison."""
    return str(convergence.converge(appointment.pk, seconds=seconds).outcome)


def sync_of(appointment: Appointment) -> CalendarSync:
    return CalendarSync.objects.get(appointment=appointment)


def rows(appointment: Appointment, *states: str) -> list[CalendarBooking]:
    found = CalendarBooking.objects.filter(appointment=appointment).order_by("pk")
    return list(found.filter(state__in=states) if states else found)


def existing(appointment: Appointment) -> list[CalendarBooking]:
    return rows(appointment, BookingState.EXISTS)


def make_world(*, clock: Any = timezone.now) -> World:
    types = [EventType(number, hosts=(host,), length=55, interval=5) for host, number in CUTS.items()]
    types += [
        EventType(number, hosts=(host,), length=RUN_MINUTES[position], interval=5)
        for host, by_position in PERMS.items()
        for position, number in by_position.items()
    ]
    hosts = [Host(HOSTS["emma"], "Emma Keller"), Host(HOSTS["jonas"], "Jonas Brandt")]
    return World.of(hosts=hosts, event_types=types, clock=clock)


def map_salon(salon: Salon) -> None:
    for staff, host in ((salon.emma, 101), (salon.jonas, 102)):
        CalendarHost.objects.create(company=salon.company, staff=staff, calcom_user_id=host)
        _event_type(staff, salon.cut, 1, event_type_id=CUTS[host], length_minutes=55)
        for position, number in PERMS[host].items():
            minutes = RUN_MINUTES[position]
            _event_type(staff, salon.perm, position, event_type_id=number, length_minutes=minutes)


def _event_type(staff: Staff, service: Service, position: int, **facts: int) -> None:
    CalendarEventType.objects.create(
        company=staff.company, staff=staff, service=service, phase_position=position, slot_interval=5, **facts
    )


@contextmanager
def calendar_salon(
    settings: Any, *, world: World | None = None, **branch_facts: Any
) -> Iterator[CalendarSalon]:
    """``branch_facts`` as for ``make_salon``; the calendar is in mode ``mirror`` unless they say otherwise."""
    salon = make_salon(**{"calendar": "mirror", **branch_facts})
    map_salon(salon)
    customer = Customer.objects.create(
        company=salon.company, name="Mara Test", phone="+4930900222", created_at=timezone.now()
    )
    with serve(world or make_world()) as sandbox:
        settings.CALCOM_API_URL, settings.CALCOM_API_KEY = sandbox.url, sandbox.key
        # Restraint has its own tests.
        settings.CALENDAR_REQUESTS_PER_MINUTE = sandbox.world.rate_limit = 100_000
        yield CalendarSalon(salon, sandbox, customer)
