"""Storing the staff of a salon file: who works where, when, and does what in how many minutes."""

from appointments.models import Absence, Staff, StaffServicePhases, StaffSkill, WorkingHours
from appointments.salon.application import Application
from appointments.salon.changelog import ChangeLog
from appointments.salon.rows import deactivate_others, match_children, match_object
from appointments.salon.schema import StaffPart
from appointments.salon.storing import HOURS, shown_hours

FIELDS = (
    "branch_id",
    "nicknames",
    "email",
    "follows_branch_hours",
    "offers_all_services",
    "active",
)


def store_staff(application: Application) -> None:
    """Needs branches and services."""
    everybody = Staff.objects.filter(company=application.company)
    found = {person.name: person for person in everybody}
    for part in application.file.staff:
        person = match_object(
            found.get(part.name), wanted=_staff(application, part), fields=FIELDS, log=application.log
        )
        application.staff[part.name] = person
        _store_working_hours(person, part, application.log)
        _store_skills(application, person, part)
        _store_durations(application, person, part)
        _store_absences(application, person, part)
    deactivate_others(everybody, application.staff, application.log)


def _staff(application: Application, part: StaffPart) -> Staff:
    return Staff(
        company=application.company,
        branch=application.branches[part.branch],
        name=part.name,
        nicknames=part.nicknames,
        email=part.email,
        follows_branch_hours=part.working_hours is None,
        offers_all_services=part.services is None,
    )


def _store_working_hours(person: Staff, part: StaffPart, log: ChangeLog) -> None:
    pairs = part.working_hours.pairs() if part.working_hours else []
    wanted = [
        WorkingHours(staff=person, weekday=weekday, start_minute=hours.start, end_minute=hours.end)
        for weekday, hours in pairs
    ]
    match_children(person.working_hours, wanted, fields=HOURS, of=person.name, log=log, shown=shown_hours)


def _store_skills(application: Application, person: Staff, part: StaffPart) -> None:
    wanted = [
        StaffSkill(company=application.company, staff=person, service=application.services[name])
        for name in part.services or []
    ]
    match_children(
        person.skills.select_related("service"),
        wanted,
        fields=("service_id",),
        of=person.name,
        log=application.log,
        shown=lambda skill: skill.service.name,
    )


def _store_durations(application: Application, person: Staff, part: StaffPart) -> None:
    wanted = [
        StaffServicePhases(
            company=application.company,
            staff=person,
            service=application.services[duration.service],
            minutes=duration.phase_minutes(),
        )
        for duration in part.durations
    ]
    match_children(
        person.own_phases.select_related("service"),
        wanted,
        fields=("service_id", "minutes"),
        of=person.name,
        log=application.log,
        shown=lambda own: f"{own.service.name} {'+'.join(str(minutes) for minutes in own.minutes)}",
    )


def _store_absences(application: Application, person: Staff, part: StaffPart) -> None:
    """Only those that came from a file: what somebody typed in by hand is not the file's to remove."""
    zone = application.company.zone
    wanted = [
        Absence(
            staff=person,
            starts_at=period.start,
            ends_at=period.end,
            reason=absence.reason,
            from_salon_file=True,
        )
        for absence in part.absences
        for period in [absence.period(zone)]
    ]

    def shown(absence: Absence) -> str:
        start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
        return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M} {absence.reason}".strip()

    match_children(
        person.absences.filter(from_salon_file=True),
        wanted,
        fields=("starts_at", "ends_at", "reason"),
        of=person.name,
        log=application.log,
        shown=shown,
    )
