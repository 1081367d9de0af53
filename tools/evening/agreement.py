"""Afterwards, at rest: is the calendar what the database says, and what callers were told?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from appointments.models import Appointment, Company
from integrations.models import CalendarCase, CalendarHost
from integrations.sandbox import World
from tools.evening.tally import Tally
from tools.evening.there import overlaps


class Place(NamedTuple):
    host: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Agreement:
    """``orphans``: stand at Cal.com and nowhere here. ``missing``: the other way round. Neither counts
    what an open case tells staff about. ``cases``: opened, by kind; ``overlaps``: pairs at Cal.com.
    """

    appointments: int
    standing: int
    orphans: int
    missing: int
    overlaps: int
    cases: Counter[str]
    still_open: int


def agreement(company: Company, world: World, tally: Tally, now: datetime) -> Agreement:
    """Adds to ``tally.dishonest`` what callers were told and is not so."""
    open_cases = CalendarCase.objects.filter(company=company, solved_at=None)
    about = set(open_cases.values_list("uid", flat=True))
    of = set(open_cases.values_list("appointment", flat=True))
    wanted = _wanted(company, now)
    there = [one for one in world.bookings(standing=True) if one.start > now]
    standing = Counter(Place(one.host_id, one.start, one.end) for one in there)
    known = Counter(place for places in wanted.values() for place in places)
    explained = Counter(Place(one.host_id, one.start, one.end) for one in there if one.uid in about)
    missing = {pk for pk, places in wanted.items() if any(not standing[place] for place in places)}
    _compare_with_promises(
        company, tally, missing, {one.metadata.get("terminfest_appointment") for one in there}
    )
    return Agreement(
        appointments=len(wanted),
        standing=len(there),
        orphans=(standing - known - explained).total(),
        missing=len(missing - of),
        overlaps=overlaps(world),
        cases=Counter(CalendarCase.objects.filter(company=company).values_list("kind", flat=True)),
        still_open=open_cases.count(),
    )


def _wanted(company: Company, now: datetime) -> dict[int, list[Place]]:
    """Worked out from the phases, not asked of the code that is tried."""
    hosts = dict(CalendarHost.objects.filter(company=company).values_list("staff", "calcom_user_id"))
    rows = Appointment.objects.blocking().filter(company=company, starts_at__gt=now)
    return {
        row.pk: [Place(hosts[row.staff_id], start, end) for start, end in busy_runs(row)]
        for row in rows.prefetch_related("phases")
    }


def busy_runs(appointment: Appointment) -> Iterable[tuple[datetime, datetime]]:
    """Each is a booking at Cal.com."""
    runs: list[tuple[datetime, datetime]] = []
    for phase in sorted(appointment.phases.all(), key=lambda one: one.starts_at):
        if not phase.busy:
            continue
        if runs and runs[-1][1] == phase.starts_at:
            runs[-1] = (runs[-1][0], phase.ends_at)
        else:
            runs.append((phase.starts_at, phase.ends_at))
    return runs


def _compare_with_promises(
    company: Company, tally: Tally, missing: set[int], carried: set[str | None]
) -> None:
    rows = {row.pk: row for row in Appointment.objects.filter(company=company)}
    for pk, start in tally.booked.items():
        row = rows.get(pk)
        if row is None or not row.is_blocking or row.starts_at != start:
            tally.dishonest.append(f"booked was said, but {pk} is {row and row.status}")
        elif pk in missing:
            tally.dishonest.append(f"booked was said, but {pk} does not stand at Cal.com")
    for pk in tally.rejected:
        if rows[pk].is_blocking or str(pk) in carried:
            tally.dishonest.append(f"refused, but {pk} stands")
