"""What several values of a salon file say together. Pure: no database, no lines."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from appointments.fields import MINUTES_PER_DAY, format_minute
from appointments.models.company import Weekday
from appointments.salon import calendar_runs
from appointments.salon.problems import Path
from appointments.salon.schema import DurationPart, SalonFile, ServicePart, StaffPart, WeekPart

Finding = tuple[Path, str]


def problems(file: SalonFile) -> list[Finding]:
    """Every problem with the path of the value to change.

    References are looked at once names and services are right: they would only repeat their problems.
    """
    return [*_names(file), *_services(file)] or [*_hours_and_numbers(file), *_references(file)]


def _hours_and_numbers(file: SalonFile) -> Iterator[Finding]:
    yield from _phone_numbers(file)
    for index, branch in enumerate(file.branches):
        yield from _overlapping_hours(branch.opening_hours, ("branches", index, "opening_hours"))
    yield from _fees(file)


def _references(file: SalonFile) -> Iterator[Finding]:
    for index, person in enumerate(file.staff):
        yield from _staff(file, person, ("staff", index))
    yield from calendar_runs.problems(file)


def repeated(values: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    """Those that were there before, whatever their capitals: nobody hears the difference."""
    seen: set[str] = set()
    for path, value in values:
        key = value.casefold()
        if key in seen:
            yield path, _("“%(name)s” stands here twice.") % {"name": value}
        seen.add(key)


def _names(file: SalonFile) -> Iterator[Finding]:
    for section, parts in (("branches", file.branches), ("staff", file.staff), ("services", file.services)):
        named: list[Path] = [(section, index, "name") for index, _part in enumerate(parts)]
        yield from repeated(zip(named, (part.name for part in parts), strict=True))
    yield from _synonyms(file)


def _synonyms(file: SalonFile) -> Iterator[Finding]:
    """Two services may share a synonym: "Farbe" is then a question (german.md §3). But a name is a
    name: used as another's synonym it would make a question of a clear wish.
    """
    owners = {service.name.casefold(): service.name for service in file.services}
    for index, service in enumerate(file.services):
        paths: list[Path] = [("services", index, "synonyms", n) for n in range(len(service.synonyms))]
        yield from repeated(zip(paths, service.synonyms, strict=True))
        for path, synonym in zip(paths, service.synonyms, strict=True):
            if owners.get(synonym.casefold(), service.name) != service.name:
                yield path, _("“%(name)s” is the name of another service.") % {"name": synonym}


def _phone_numbers(file: SalonFile) -> Iterator[Finding]:
    for field in ("phone_numbers", "retell_agents"):
        yield from repeated(
            (("branches", index, field, n), value)
            for index, branch in enumerate(file.branches)
            for n, value in enumerate(getattr(branch, field))
        )


def _overlapping_hours(week: WeekPart, path: Path) -> Iterator[Finding]:
    for weekday, day in zip(Weekday, type(week).model_fields, strict=True):
        pairs = sorted((hours, n) for n, hours in enumerate(getattr(week, day)))
        for (earlier, _n), (later, n) in pairwise(pairs):
            if later.start < earlier.end:
                facts = {
                    "weekday": weekday.label,
                    "first": f"{format_minute(earlier.start)}-{format_minute(earlier.end)}",
                    "second": f"{format_minute(later.start)}-{format_minute(later.end)}",
                }
                yield (
                    (*path, day, n),
                    _("These hours overlap: %(weekday)s %(first)s and %(second)s.") % facts,
                )


def _services(file: SalonFile) -> Iterator[Finding]:
    for index, service in enumerate(file.services):
        yield from _service(service, ("services", index))


def _service(service: ServicePart, path: Path) -> Iterator[Finding]:
    if (service.minutes is None) == (service.phases is None):
        yield path, _("A service has either minutes or phases.")
        return
    plan = service.plan()
    if not any(phase.busy for phase in plan.phases):
        yield (*path, "phases"), _("At least one phase must need the stylist.")
    if plan.minutes > MINUTES_PER_DAY:
        yield (*path, "phases"), _("A service takes a day at most.")


def _staff(file: SalonFile, person: StaffPart, path: Path) -> Iterator[Finding]:
    if person.branch not in {branch.name for branch in file.branches}:
        yield (*path, "branch"), _("There is no branch “%(name)s”.") % {"name": person.branch}
    if person.working_hours is not None:
        yield from _overlapping_hours(person.working_hours, (*path, "working_hours"))
    skills: list[tuple[Path, str]] = [
        ((*path, "services", n), name) for n, name in enumerate(person.services or [])
    ]
    yield from repeated(skills)
    for skill_path, name in skills:
        if file.service(name) is None:
            yield skill_path, unknown_service(name)
    yield from _durations(file, person, path)
    for n, absence in enumerate(person.absences):
        start, end = absence.period(file.company.zone)
        if end <= start:
            yield (*path, "absences", n, "to"), _("This absence ends before it starts.")


def unknown_service(name: str) -> str:
    return _("There is no service “%(name)s”.") % {"name": name}


def _durations(file: SalonFile, person: StaffPart, path: Path) -> Iterator[Finding]:
    """A duration for something that the stylist does not offer is no mistake: skills come and go."""
    yield from repeated(
        ((*path, "durations", n, "service"), duration.service) for n, duration in enumerate(person.durations)
    )
    for n, duration in enumerate(person.durations):
        yield from _duration(file, duration, (*path, "durations", n))


def _duration(file: SalonFile, duration: DurationPart, path: Path) -> Iterator[Finding]:
    if (duration.minutes is None) == (duration.phases is None):
        yield path, _("A duration has either minutes or phases.")
        return
    service = file.service(duration.service)
    if service is None:
        yield (*path, "service"), unknown_service(duration.service)
        return
    expected, given = len(service.plan().phases), len(duration.phase_minutes())
    if expected != given:
        facts = {"service": service.name, "expected": expected, "given": given}
        yield (
            (*path, "minutes" if duration.phases is None else "phases"),
            _("%(service)s has %(expected)s phases, here are the minutes of %(given)s.") % facts,
        )


def _fees(file: SalonFile) -> Iterator[Finding]:
    seen: set[int] = set()
    for n, fee in enumerate(file.policies.fees if file.policies else []):
        if fee.hours in seen:
            yield (
                ("policies", "fees", n, "hours"),
                _("There already is a fee for %(hours)s hours.") % {"hours": fee.hours},
            )
        seen.add(fee.hours)
