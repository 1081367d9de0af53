"""The account that the rows of the database describe: for a sandbox without a salon file."""

from datetime import date

from appointments.models import Staff
from appointments.rules.periods import Period
from integrations.models import CalendarEventType, CalendarHost
from integrations.sandbox.parts import Account, EventType, Host
from integrations.sandbox.salon_world import event_type, holidays, team_of


def account(*, today: date) -> Account:
    """All companies together: the key of a sandbox sees everybody who is mapped. Two companies may
    name the same id; it is then the one that was mapped last.
    """
    mapped = CalendarHost.objects.select_related("staff__branch__company").order_by("pk")
    hosts = {host.staff_id: _host(host, today) for host in mapped}
    rows = CalendarEventType.objects.select_related("staff__branch__company", "service").order_by("pk")
    users = {staff: host.id for staff, host in hosts.items()}
    event_types = [_event_type(row, users.get(row.staff_id)) for row in rows]
    people = list(hosts.values())
    return Account.of(people, event_types, [team_of("Salon", "salon", people)])


def _host(mapped: CalendarHost, today: date) -> Host:
    staff: Staff = mapped.staff
    week = staff.branch.opening_hours if staff.follows_branch_hours else staff.working_hours
    return Host(
        id=mapped.calcom_user_id,
        name=staff.name,
        email=staff.email or "",
        time_zone=staff.branch.company.timezone,
        hours=tuple(week.values_list("weekday", "start_minute", "end_minute")),
        absences=tuple(Period(one.starts_at, one.ends_at) for one in staff.absences.all()),
        closed=holidays(staff.branch.company.holidays, today),
    )


def _event_type(row: CalendarEventType, host: int | None) -> EventType:
    branch = row.staff.branch
    return event_type(
        number=row.event_type_id,
        host=host,
        title=row.service.name,
        plan=row.staff.plan_for(row.service),
        position=row.phase_position,
        interval=branch.slot_minutes,
        notice=branch.minimum_notice_minutes,
        window_days=branch.horizon_days,
    )
