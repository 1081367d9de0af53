"""The findings as a table: one line a service, one column a stylist."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from appointments.models import Company, Service, Staff
from integrations.mapping import parts as parts_of
from integrations.mapping import publishing
from integrations.mapping.findings import Finding


@dataclass(frozen=True, slots=True)
class Cell:
    """``offered``: the stylist provides this service. ``findings``: how many concern it."""

    offered: bool
    findings: int

    @property
    def is_complete(self) -> bool:
        return self.offered and not self.findings


@dataclass(frozen=True, slots=True)
class Overview:
    people: Sequence[Staff]
    lines: Sequence[tuple[Service, Sequence[Cell]]]
    findings: Sequence[Finding]

    @property
    def complete(self) -> int:
        return sum(cell.is_complete for _service, cells in self.lines for cell in cells)

    @property
    def offered(self) -> int:
        return sum(cell.offered for _service, cells in self.lines for cell in cells)


def overview(company: Company, *, online: bool, now: datetime) -> Overview:
    """``online`` asks Cal.com; see ``publishing``."""
    findings = publishing.check_online(company, now=now) if online else publishing.check(company)
    wanted = parts_of.of_company(company)
    people = list({part.staff.pk: part.staff for part in wanted}.values())
    services = sorted({part.service.pk: part.service for part in wanted}.values(), key=lambda each: each.name)
    offered = {(part.staff.pk, part.service.pk) for part in wanted}
    counted = _count(findings)
    lines = [
        (service, [_cell(person, service, offered, counted) for person in people]) for service in services
    ]
    return Overview(people, lines, findings)


def _cell(
    staff: Staff, service: Service, offered: set[tuple[int, int]], counted: Counter[tuple[int, int | None]]
) -> Cell:
    """What concerns all of a stylist's services concerns this one."""
    if (staff.pk, service.pk) not in offered:
        return Cell(offered=False, findings=0)
    return Cell(offered=True, findings=counted[staff.pk, service.pk] + counted[staff.pk, None])


def _count(findings: Iterable[Finding]) -> Counter[tuple[int, int | None]]:
    return Counter(
        (finding.staff.pk, finding.service.pk if finding.service else None)
        for finding in findings
        if finding.staff is not None
    )
