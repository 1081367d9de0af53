"""What needs an event type: each run of each service by each stylist who offers it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

from appointments.models import Company, Service, Staff
from appointments.models.company import CalendarMode
from appointments.rules.phases import Run


class Key(NamedTuple):
    """What ``CalendarEventType`` is unique by."""

    staff_id: int
    service_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Part:
    """``run`` is one of ``Plan.runs()``, never anything derived otherwise (incident E12).

    ``first`` and ``last`` say whether it begins or ends the appointment: there the buffers are.
    """

    staff: Staff
    service: Service
    run: Run
    first: bool = True
    last: bool = True

    @property
    def key(self) -> Key:
        return Key(self.staff.pk, self.service.pk, self.run.position)

    @property
    def minutes(self) -> int:
        return int((self.run.end - self.run.start).total_seconds()) // 60

    @property
    def name(self) -> str:
        """What its event type is called: the service, and the part where there are several."""
        if (self.first and self.last) or not self.run.name:
            return self.service.name
        return f"{self.service.name}: {self.run.name}"

    @property
    def grid_minutes(self) -> int:
        """The largest step at which every start of the branch's grid is also one of this part's."""
        offset = int(self.run.start.total_seconds()) // 60
        return gcd(self.staff.branch.slot_minutes, offset)

    def __str__(self) -> str:
        return f"{self.staff.name}, {self.name}"


def of_company(company: Company) -> list[Part]:
    """Of active staff and services in active branches whose calendar is on; five queries."""
    services = list(company.services.filter(active=True).order_by("name").prefetch_related("phases"))
    return [part for person in people(company) for part in _of_person(person, services)]


def people(company: Company) -> Iterable[Staff]:
    """The stylists who need a calendar, with what the parts of their services depend on."""
    staff = Staff.objects.active().filter(company=company, branch__active=True)
    return (
        staff.exclude(branch__calendar=CalendarMode.OFF)
        .select_related("branch__company", "calendar_host")
        .prefetch_related("skills", "own_phases")
        .order_by("name")
    )


def of(staff: Staff, service: Service) -> list[Part]:
    """Costs queries unless both come from ``of_company``."""
    own = {row.service_id: row.minutes for row in staff.own_phases.all()}
    runs = service.plan(staff.branch, own.get(service.pk)).runs()
    return [Part(staff, service, run, first=run is runs[0], last=run is runs[-1]) for run in runs]


def _of_person(staff: Staff, services: Iterable[Service]) -> Iterable[Part]:
    skills = {skill.service_id for skill in staff.skills.all()}
    for service in services:
        if staff.offers_all_services or service.pk in skills:
            yield from of(staff, service)
