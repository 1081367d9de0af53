"""The calendar's parts of the salon file: hosts and event types."""

from appointments.salon.application import Application
from appointments.salon.calendar_runs import run_of
from appointments.salon.rows import match_children
from appointments.salon.schema import EventTypePart
from integrations import queue
from integrations.convergence.due import try_unmapped_again
from integrations.models import CalendarEventType, CalendarHost


def store_calendar_parts(application: Application) -> None:
    _store_hosts(application)
    _store_event_types(application)
    try_unmapped_again(application.company)
    if CalendarEventType.objects.filter(company=application.company, checked_at=None).exists():
        queue.soon("integrations.tasks.learn_event_types")


def _store_hosts(application: Application) -> None:
    """A stylist without the key ``calcom_user_id`` keeps the host they have: it may have been found
    at Cal.com by their e-mail (incident 1). An explicit ``null`` takes it away.
    """
    existing = CalendarHost.objects.filter(company=application.company).select_related("staff")
    said = {
        application.staff[part.name]: part.calcom_user_id
        for part in application.file.staff
        if "calcom_user_id" in part.model_fields_set
    }
    taken = {user_id for user_id in said.values() if user_id is not None}
    kept = [host for host in existing if host.staff not in said and host.calcom_user_id not in taken]
    wanted = [
        CalendarHost(company=application.company, staff=staff, calcom_user_id=user_id)
        for staff, user_id in said.items()
        if user_id is not None
    ]
    match_children(
        existing,
        [*kept, *wanted],
        fields=("staff_id", "calcom_user_id"),
        of=application.company.name,
        log=application.log,
    )


def _store_event_types(application: Application) -> None:
    """Settings like opening hours: what the file does not name is gone."""
    existing = CalendarEventType.objects.filter(company=application.company)
    match_children(
        existing.select_related("staff", "service"),
        [_event_type(application, part) for part in application.file.calendar_event_types],
        fields=("staff_id", "service_id", "phase_position", "event_type_id"),
        of=application.company.name,
        log=application.log,
    )


def _event_type(application: Application, part: EventTypePart) -> CalendarEventType:
    return CalendarEventType(
        company=application.company,
        staff=application.staff[part.staff],
        service=application.services[part.service],
        phase_position=run_of(part, application.file).position,
        event_type_id=part.id,
    )
