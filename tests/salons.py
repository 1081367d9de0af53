"""A small salon for tests: dull, explicit, fictional.

Emma Keller and Jonas Brandt work whenever the salon is open (Monday to Saturday 8 to 20), do
everything, and are never ill.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from appointments import booking
from appointments.availability import Request
from appointments.models import (
    Appointment,
    Branch,
    BranchPhoneNumber,
    Company,
    OpeningHours,
    Service,
    ServicePhase,
    Staff,
)
from appointments.models.appointment import Source

BERLIN = ZoneInfo("Europe/Berlin")
PERM = (
    ("Haare wickeln", 50, True),
    ("Einwirkzeit", 15, False),
    ("Fixierung auftragen", 5, True),
    ("Einwirkzeit", 10, False),
    ("Auswaschen und Pflege", 15, True),
    ("Schneiden und Styling", 40, True),
)
# A Sunday evening; the Monday after it is the day of incident 1.
NOW = datetime(2025, 11, 23, 18, 0, tzinfo=BERLIN)
MONDAY = date(2025, 11, 24)

_numbers = count(1)


def at(day: date, clock: str) -> datetime:
    """``at(MONDAY, "13:00")``: a Berlin wall-clock time as an instant."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=BERLIN).astimezone(UTC)


@dataclass
class Salon:
    company: Company
    branch: Branch
    emma: Staff
    jonas: Staff
    cut: Service
    perm: Service
    number: str

    def request(self, service: Service, staff: Staff | None = None, **facts: object) -> Request:
        return Request(branch=self.branch, service=service, staff=staff, **{"now": NOW, **facts})  # type: ignore[arg-type]

    def book(
        self, service: Service, staff: Staff | None, day: date, clock: str, **facts: object
    ) -> Appointment:
        return booking.book(
            self.request(service, staff, **facts),
            start=at(day, clock),
            visit=booking.Visit(source=Source.STAFF),
        )


def make_service(
    company: Company, name: str, phases: Iterable[tuple[str, int, bool]], **facts: object
) -> Service:
    service = Service.objects.create(company=company, name=name, **facts)
    ServicePhase.objects.bulk_create(
        ServicePhase(service=service, position=position, name=phase, minutes=minutes, busy=busy)
        for position, (phase, minutes, busy) in enumerate(phases, start=1)
    )
    return service


def open_on(branch: Branch, weekdays: Sequence[int], opens: int = 8 * 60, closes: int = 20 * 60) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(branch=branch, weekday=weekday, start_minute=opens, end_minute=closes)
        for weekday in weekdays
    )


def make_salon(slug: str = "morgenrot", **branch_facts: object) -> Salon:
    company = Company.objects.create(name=slug.title(), slug=slug, holidays="DE-BE")
    facts = {"calendar": "off", "minimum_notice_minutes": 15, **branch_facts}
    branch = Branch.objects.create(company=company, name="Mitte", **facts)
    number = f"+4930123450{next(_numbers):02d}"
    BranchPhoneNumber.objects.create(branch=branch, number=number)
    open_on(branch, range(6))
    emma, jonas = (
        Staff.objects.create(company=company, branch=branch, name=name)
        for name in ("Emma Keller", "Jonas Brandt")
    )
    return Salon(
        company=company,
        branch=branch,
        emma=emma,
        jonas=jonas,
        cut=make_service(company, "Herrenhaarschnitt", [("", 55, True)], price="30.00"),
        perm=make_service(company, "Dauerwelle", PERM, price="85.00"),
        number=number,
    )
