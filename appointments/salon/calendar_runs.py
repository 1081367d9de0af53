"""Which run of a service an entry of ``calendar_event_types`` means: the one derivation (E12)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from appointments.rules.phases import Run
from appointments.salon.problems import Path
from appointments.salon.schema import EventTypePart, SalonFile, ServicePart

Finding = tuple[Path, str]


def runs_meant(event_type: EventTypePart, service: ServicePart) -> list[Run]:
    """One, if the entry is clear.

    ``phase`` is the name of a run's first phase. A later phase of the same name, or one that is a
    gap, does not count. Without ``phase`` every run is meant, which is clear only if there is one.
    """
    runs = service.plan().runs()
    if event_type.phase is None:
        return runs
    return [run for run in runs if run.name == event_type.phase]


def run_of(event_type: EventTypePart, file: SalonFile) -> Run:
    """The run that an entry of a checked file means."""
    service = file.service(event_type.service)
    if service is None:
        raise LookupError(event_type.service)
    (run,) = runs_meant(event_type, service)
    return run


def problems(file: SalonFile) -> Iterator[Finding]:
    people = {person.name for person in file.staff}
    runs: set[tuple[str, str, int]] = set()
    ids: set[int] = set()
    for index, event_type in enumerate(file.calendar_event_types):
        path: Path = ("calendar_event_types", index)
        if event_type.staff not in people:
            yield (*path, "staff"), _("Nobody is called “%(name)s”.") % {"name": event_type.staff}
        service = file.service(event_type.service)
        if service is None:
            facts = {"name": event_type.service}
            yield (*path, "service"), _("There is no service “%(name)s”.") % facts
            continue
        meant = runs_meant(event_type, service)
        if len(meant) != 1:
            yield (*path, "phase"), _not_one_run(event_type, service, len(meant))
            continue
        run = (event_type.staff, event_type.service, meant[0].position)
        if run in runs:
            yield path, _("This part of the service already has an event type.")
        if event_type.id in ids:
            yield (*path, "id"), _("The event type %(id)s stands here twice.") % {"id": event_type.id}
        runs.add(run)
        ids.add(event_type.id)
    yield from _hosts(file)


def _not_one_run(event_type: EventTypePart, service: ServicePart, meant: int) -> str:
    names = ", ".join(run.name for run in service.plan().runs() if run.name)
    facts = {"service": service.name, "phase": event_type.phase, "names": names}
    if not names:
        return _("%(service)s has no phases.") % facts
    if event_type.phase is not None and meant > 1:
        return _("Several parts of %(service)s begin with “%(phase)s”; their names must differ.") % facts
    return _("Say which part of %(service)s this is by its first busy phase: %(names)s.") % facts


def _hosts(file: SalonFile) -> Iterator[Finding]:
    seen: set[int] = set()
    for index, person in enumerate(file.staff):
        if person.calcom_user_id in seen:
            yield (
                ("staff", index, "calcom_user_id"),
                _("Somebody else already has this calendar: %(id)s.") % {"id": person.calcom_user_id},
            )
        if person.calcom_user_id is not None:
            seen.add(person.calcom_user_id)
