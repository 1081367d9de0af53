"""The account that a salon file describes: hosts, event types, lengths and hours.

Chosen as a careful salon would set it up at Cal.com: slots on the branch's grid, the branch's notice
and horizon, the service's buffers around its first and last run, public holidays and absences closed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from appointments.rules.holidays import holiday_name
from appointments.rules.hours import days_between
from appointments.rules.phases import Plan, Run
from appointments.salon.calendar_runs import run_of
from appointments.salon.reading import read
from appointments.salon.schema import BranchPart, EventTypePart, SalonFile, ServicePart, StaffPart
from integrations.sandbox.parts import Account, EventType, Host, Hours, Team

TEAM_ID = 1
# How far the closed days of a world are worked out: horizons are shorter.
YEARS_BACK, YEARS_AHEAD = 1, 5


def account_of(content: bytes, *, today: date) -> Account:
    """Raises ``SalonFileError``. Who has no ``calcom_user_id`` is not at Cal.com."""
    file = read(content).file
    hosts = [_host(file, person, today) for person in file.staff if person.calcom_user_id is not None]
    # A mapping to somebody without a user there is our mistake: the type exists and has no hosts.
    event_types = [_event_type(file, part) for part in file.calendar_event_types]
    return Account.of(hosts, event_types, [team_of(file.company.name, file.company.slug, hosts)])


def team_of(name: str, slug: str, hosts: Sequence[Host]) -> Team:
    return Team(TEAM_ID, name, slug, tuple(host.id for host in hosts))


def holidays(region: str, today: date) -> frozenset[date]:
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    return frozenset(day for day in days_between(first, last) if holiday_name(day, region))


def _branch(file: SalonFile, person: StaffPart) -> BranchPart:
    return next(branch for branch in file.branches if branch.name == person.branch)


def _person(file: SalonFile, name: str) -> StaffPart:
    return next(person for person in file.staff if person.name == name)


def _host(file: SalonFile, person: StaffPart, today: date) -> Host:
    week = person.working_hours or _branch(file, person).opening_hours
    return Host(
        id=person.calcom_user_id or 0,
        name=person.name,
        email=person.email or "",
        time_zone=file.company.timezone,
        hours=tuple(_hours(week.pairs())),
        absences=tuple(absence.period(file.company.zone) for absence in person.absences),
        closed=holidays(file.company.holidays, today),
    )


def _hours(pairs: Sequence[tuple[int, tuple[int, int]]]) -> Iterator[Hours]:
    for weekday, (opens, closes) in pairs:
        yield int(weekday), opens, closes


def _event_type(file: SalonFile, part: EventTypePart) -> EventType:
    person, service = _person(file, part.staff), file.service(part.service)
    if service is None:
        raise LookupError(part.service)
    branch = _branch(file, person)
    return event_type(
        number=part.id,
        host=person.calcom_user_id,
        title=service.name,
        plan=_plan(person, service),
        position=run_of(part, file).position,
        interval=branch.slot_minutes,
        notice=branch.minimum_notice_minutes,
        window_days=branch.horizon_days,
    )


def _plan(person: StaffPart, service: ServicePart) -> Plan:
    plan = service.plan()
    own = next((one.phase_minutes() for one in person.durations if one.service == service.name), None)
    if own is None:
        return plan
    phases = (replace(phase, minutes=minutes) for phase, minutes in zip(plan.phases, own, strict=True))
    return replace(plan, phases=tuple(phases))


def event_type(
    *,
    number: int,
    host: int | None,
    title: str,
    plan: Plan,
    position: int,
    interval: int,
    notice: int,
    window_days: int,
) -> EventType:
    """For the run of ``plan`` that begins with the phase at ``position``."""
    runs = plan.runs()
    run = next((one for one in runs if one.position == position), runs[0])
    return EventType(
        id=number,
        hosts=(host,) if host is not None else (),
        length=_minutes(run),
        title=f"{title}: {run.name}" if run.name and len(runs) > 1 else title,
        interval=interval,
        notice=notice,
        window_days=window_days,
        buffer_before=plan.buffer_before if run == runs[0] else 0,
        buffer_after=plan.buffer_after if run == runs[-1] else 0,
    )


def _minutes(run: Run) -> int:
    return int((run.end - run.start).total_seconds() // 60)
