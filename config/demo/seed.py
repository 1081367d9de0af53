"""A fortnight of plausible appointments for the demo salon, made as everybody makes them: by booking.

The same on every machine for the same day. Half of everybody's day stays free.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Self

from django.db import transaction

from appointments import booking
from appointments.availability import Request, Slot, free_starts
from appointments.models import Appointment, Branch, Company, Customer, Service, Staff
from appointments.models.appointment import Source, Status
from appointments.rules.hours import days_between, open_periods
from appointments.rules.periods import Period
from appointments.rules.spelling import fold
from config.demo.environment import SLUG
from config.demo.waiting import seed_waitlist
from integrations.messaging.preferences import agree_to_reminders
from integrations.models import Messaging, SmsGateway, Way

DAYS_BACK, DAYS_AHEAD = 4, 9
DAY = timedelta(days=1)
# How long before its start each appointment was made.
LEAD = timedelta(days=6, hours=3)
# Out of these numbers none is ever assigned: the regulator keeps them for fiction.
NUMBERS = "+4930231250{:02d}"
NAMES = (
    "Sabine Lindner", "Thomas Krüger", "Aylin Demir", "Petra Schuster", "Michael Hahn", "Julia Sommer",
    "Fatma Yıldız", "Andreas Böhm", "Katrin Pohl", "Stefan Arndt", "Nina Jäger", "Olga Petrova",
    "Markus Vogel", "Claudia Reimann", "Ben Albrecht", "Heike Sandmann", "Lena Großmann", "Ralf Ziegler",
    "Marta Nowak", "Jens Ullrich", "Miriam Stein", "Frank Behrendt", "Sophie Marquardt", "Uwe Tietz",
)  # fmt: skip
# How often each service is asked for.
WEIGHTS = {
    "Herrenhaarschnitt": 6,
    "Damenhaarschnitt": 6,
    "Kinderhaarschnitt": 3,
    "Waschen & Föhnen": 3,
    "Ansatzfärbung": 3,
    "Ansatz + Längenausgleich": 2,
    "Dauerwelle": 2,
    "Balayage/Ombré": 1,
    "Komplette Umfärbung (Blondierung)": 1,
}


class NotAppliedError(Exception):
    """The demo salon does not exist yet: its salon file has to be applied first."""


@transaction.atomic
def seed(*, now: datetime, days_back: int = DAYS_BACK, days_ahead: int = DAYS_AHEAD) -> int:
    """How many appointments were made: none if there are some in the coming days already.

    Raises ``NotAppliedError``.
    """
    branch = Branch.objects.select_related("company").filter(company__slug=SLUG, active=True).first()
    if branch is None:
        raise NotAppliedError(SLUG)
    if _is_seeded(branch.company, now, days_ahead):
        return 0
    today = now.astimezone(branch.zone).date()
    diary = _Diary(branch, now)
    _sell_a_gap(diary, days_between(today + DAY, today + days_ahead * DAY))
    for day in days_between(today - days_back * DAY, today + days_ahead * DAY):
        _fill(diary, day)
    diary.settle_the_past()
    _write_to_customers(branch, now)
    seed_waitlist(branch, now=now)
    return len(diary.made)


def _write_to_customers(branch: Branch, now: datetime) -> None:
    """From now on: of what is booked by then the customers know. Some have agreed to be reminded."""
    Messaging.objects.get_or_create(branch=branch, defaults={"sms": True})
    # Written, shown in the admin, and sent to nobody.
    SmsGateway.objects.get_or_create(
        company=branch.company, defaults={"way": Way.NONE, "sender": "Morgenrot"}
    )
    for customer in Customer.objects.filter(company=branch.company, email__isnull=False).order_by("pk")[::2]:
        agree_to_reminders(customer, agrees=True, now=now)


def _is_seeded(company: Company, now: datetime, days_ahead: int) -> bool:
    coming = Appointment.objects.blocking().filter(company=company, starts_at__gt=now)
    return coming.filter(starts_at__lt=now + days_ahead * DAY).exists()


@dataclass(frozen=True)
class _Day:
    """The chances of a day, and who comes on it: everybody once."""

    random: Random
    guests: list[int]

    @classmethod
    def of(cls, day: date) -> Self:
        random = Random(f"{SLUG} {day.isoformat()}")  # noqa: S311 - plausible, not secret
        return cls(random, random.sample(range(len(NAMES)), len(NAMES)))


@dataclass
class _Diary:
    """Books for the branch, with the clock put back to when each appointment was made."""

    branch: Branch
    now: datetime
    made: list[Appointment] = field(default_factory=list)
    days: dict[date, _Day] = field(default_factory=dict)

    def day(self, day: date) -> _Day:
        return self.days.setdefault(day, _Day.of(day))

    def request(self, service: Service, staff: Staff, day: date) -> Request:
        noon = datetime.combine(day, time(12), tzinfo=self.branch.zone)
        return Request(branch=self.branch, service=service, staff=staff, now=min(noon - LEAD, self.now))

    def book(self, request: Request, start: datetime) -> None:
        today = self.day(request.local_date(start))
        number = today.guests.pop()
        customer = booking.find_or_create_customer(
            self.branch.company,
            name=NAMES[number],
            phone=NUMBERS.format(number),
            email=_address(NAMES[number]) if number % 2 else None,
            now=request.now,
        )
        visit = booking.Visit(
            source=today.random.choice([Source.PHONE, Source.PHONE, Source.STAFF]),
            customer=customer,
            staff_wished=today.random.random() < 0.5,
        )
        self.made.append(booking.book(request, start=start, visit=visit))

    def settle_the_past(self) -> None:
        """What has passed was kept, and now and then missed. Comes last: it gives the time back."""
        for appointment in self.made:
            if appointment.ends_at <= self.now:
                random = self.day(appointment.starts_at.astimezone(self.branch.zone).date()).random
                status = Status.NO_SHOW if random.random() < 0.08 else Status.COMPLETED
                booking.mark(appointment, status, now=appointment.ends_at)


def _address(name: str) -> str:
    """In a domain that nobody can have."""
    plain = "".join(sign for sign in fold(name).replace(" ", ".") if sign.isascii())
    return f"{plain}@beispiel.example"


def _fill(diary: _Diary, day: date) -> None:
    random = diary.day(day).random
    services = list(Service.objects.filter(company=diary.branch.company, active=True).order_by("pk"))
    halves = _halves(diary.branch, day)
    for person in Staff.objects.active().filter(branch=diary.branch).order_by("pk"):
        if not halves:
            return
        busy_half = random.choice(halves)
        for service in _wishes(random, [one for one in services if person.can_do(one)]):
            request = diary.request(service, person, day)
            slot = _choose(random, free_starts(request, first=day, last=day), busy_half)
            if slot is not None:
                diary.book(request, slot.start)


def _halves(branch: Branch, day: date) -> list[Period]:
    """Everybody is busy in one half of the day: in the other a caller finds time, even for a perm."""
    hours = branch.opening_hours.filter(weekday=day.weekday()).values_list("start_minute", "end_minute")
    opening = open_periods(day, hours, branch.zone)
    if not opening:
        return []
    first, last = opening[0].start, opening[-1].end
    middle = first + (last - first) / 2
    return [Period(first, middle), Period(middle, last)]


def _wishes(random: Random, services: list[Service]) -> list[Service]:
    """A few a day, the usual ones more often."""
    weights = [WEIGHTS.get(service.name, 1) for service in services]
    return random.choices(services, weights, k=random.randint(3, 5))


def _choose(random: Random, slots: list[Slot], within: Period) -> Slot | None:
    """People come at the full, half or quarter hour."""
    fitting = [
        slot
        for slot in slots
        if slot.start.minute % 15 == 0 and within.start <= slot.start and slot.end <= within.end
    ]
    return random.choice(fitting) if fitting else None


def _sell_a_gap(diary: _Diary, days: list[date]) -> None:
    """On the first day that allows it somebody has a perm, and somebody else comes in its gap.

    Mara's perms have one that is long enough for a blow-dry (see ``salon.yaml``).
    """
    services = {service.name: service for service in Service.objects.filter(company=diary.branch.company)}
    mara = Staff.objects.get(company=diary.branch.company, name="Mara Vogt")
    for day in days:
        perm = diary.request(services["Dauerwelle"], mara, day)
        slots = free_starts(perm, first=day, last=day)
        if slots:
            phases = slots[0].plan.phases_at(slots[0].start)
            gap = next(placed.period for placed in phases if not placed.phase.busy)
            diary.book(perm, slots[0].start)
            diary.book(diary.request(services["Waschen & Föhnen"], mara, day), gap.start)
            return
