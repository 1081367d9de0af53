"""Appointments to come for which nobody would be given that time today."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.availability.working import holidays_of, openings_of, shifts_of
from appointments.integrity import sql
from appointments.integrity.facts import appointment_subject, facts_of
from appointments.integrity.registry import Found, register
from appointments.integrity.scope import Scope
from appointments.models import Branch, Company, Staff
from appointments.models.integrity import Severity
from appointments.rules.periods import Period

DAY = timedelta(days=1)
COMING = "appointment.ends_at > %(now)s"

DAYS = f"""
SELECT DISTINCT appointment.company_id, (appointment.starts_at AT TIME ZONE company.timezone)::date AS day
FROM appointments_appointment appointment
JOIN appointments_company company ON company.id = appointment.company_id
WHERE appointment.status IN ({sql.BLOCKS}) AND {COMING} AND {sql.of_company("appointment")}
"""  # noqa: S608 - nothing of it comes from outside

# Two sweeps: see ``sql.not_within``. Who follows the hours of the branch works whenever it is open.
OUTSIDE = f"""
WITH coming AS MATERIALIZED (
    SELECT id, branch_id, staff_id, starts_at, ends_at FROM appointments_appointment appointment
    WHERE status IN ({sql.BLOCKS}) AND {COMING} AND {sql.of_company("appointment")}
), work AS MATERIALIZED (
    SELECT stretch.appointment_id AS id, stretch.staff_id, stretch.starts_at, stretch.ends_at,
           staff.follows_branch_hours
    FROM ({sql.working_stretches(sql.BLOCKS, extra=COMING)}) stretch
    JOIN appointments_staff staff ON staff.id = stretch.staff_id
), open AS (
    SELECT * FROM unnest(%(branch)s::bigint[], %(opens)s::timestamptz[], %(closes)s::timestamptz[])
        AS given (branch_id, starts_at, ends_at)
), shift AS (
    SELECT * FROM unnest(%(staff)s::bigint[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
        AS given (staff_id, starts_at, ends_at)
), closed AS (
    {sql.not_within("coming", "open", by="branch_id")}
), absent AS (
    {sql.not_within("(SELECT * FROM work WHERE NOT follows_branch_hours)", "shift", by="staff_id")}
    UNION
    SELECT work.id FROM work JOIN appointments_absence absence ON absence.staff_id = work.staff_id
     AND absence.starts_at < work.ends_at AND absence.ends_at > work.starts_at
)
SELECT {sql.FACTS}, CASE
    WHEN EXISTS (
        SELECT FROM unnest(%(closed_company)s::bigint[], %(holiday)s::date[]) AS given (company_id, day)
        WHERE given.company_id = appointment.company_id
          AND given.day = (appointment.starts_at AT TIME ZONE company.timezone)::date
    ) THEN 'holiday'
    WHEN closed.id IS NOT NULL THEN 'closed'
    WHEN NOT staff.active OR staff.branch_id <> appointment.branch_id THEN 'gone'
    ELSE 'absent' END AS reason
FROM coming JOIN appointments_appointment appointment ON appointment.id = coming.id
LEFT JOIN closed ON closed.id = appointment.id
LEFT JOIN absent ON absent.id = appointment.id
{sql.FACTS_OF}
WHERE closed.id IS NOT NULL OR absent.id IS NOT NULL OR NOT staff.active
   OR staff.branch_id <> appointment.branch_id
ORDER BY appointment.starts_at, appointment.id
"""  # noqa: S608 - as above


@register(
    id="appointments.outside_hours",
    severity=Severity.WARNING,
    title=_("Outside opening hours, or somebody is away"),
    advice=_(
        "Hours or absences were changed afterwards, or staff have booked it so on purpose. Move it and call "
        "the customer, or acknowledge it."
    ),
    sentences={
        "holiday": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s lies on a public holiday."
        ),
        "closed": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s, %(starts_time)s to %(ends_time)s, lies outside "
            "the opening hours."
        ),
        "absent": gettext_noop(
            "%(staff)s does not work on %(starts_day)s at %(starts_time)s, but has %(service)s then."
        ),
        "gone": gettext_noop(
            "%(staff)s no longer works in this branch, but has %(service)s on %(starts_day)s at "
            "%(starts_time)s."
        ),
    },
)
def outside_hours(scope: Scope) -> Iterator[Found]:
    """Wall-clock hours become instants where the solver's do; the database compares."""
    days = _days(scope)
    if not days:
        return
    for row in scope.rows(OUTSIDE, **_hours(days)):
        severity = Severity.ERROR if row.reason in {"absent", "gone"} else None
        yield Found(
            company_id=row.company_id,
            code=row.reason,
            facts=facts_of(row),
            subjects=[appointment_subject(row.id)],
            severity=severity,
        )


def _days(scope: Scope) -> dict[int, list[date]]:
    """By company the days with appointments to come, and those around them: one may pass midnight."""
    days: dict[int, set[date]] = defaultdict(set)
    for row in scope.rows(DAYS):
        days[row.company_id].update((row.day - DAY, row.day, row.day + DAY))
    return {pk: sorted(of_company) for pk, of_company in days.items()}


def _hours(days: dict[int, list[date]]) -> dict[str, list[Any]]:
    """As columns: when each branch is open, when those with hours of their own work, and the holidays."""
    branches: dict[int, list[Branch]] = defaultdict(list)
    for branch in Branch.objects.filter(company__in=days, active=True).select_related("company"):
        branches[branch.company_id].append(branch)
    own: dict[int, list[int]] = defaultdict(list)
    staff = Staff.objects.filter(company__in=days, follows_branch_hours=False)
    for pk, company_id in staff.values_list("pk", "company"):
        own[company_id].append(pk)
    opening: dict[int, list[Period]] = {}
    shifts: dict[int, list[Period]] = {}
    closed: list[tuple[int, date]] = []
    for company in Company.objects.filter(pk__in=days):
        holidays = holidays_of(company, days[company.pk])
        closed += [(company.pk, day) for day in holidays]
        open_days = [day for day in days[company.pk] if day not in holidays]
        if branches[company.pk]:
            opening |= openings_of(branches[company.pk], open_days)
            shifts |= shifts_of(branches[company.pk][0], own[company.pk], open_days)
    return {
        **_columns(opening, "branch", "opens", "closes"),
        **_columns(shifts, "staff", "begins", "ends"),
        "closed_company": [pk for pk, _day in closed],
        "holiday": [day for _pk, day in closed],
    }


def _columns(by_owner: dict[int, list[Period]], owner: str, start: str, end: str) -> dict[str, list[Any]]:
    rows = [(pk, period.start, period.end) for pk, periods in by_owner.items() for period in periods]
    return {name: [row[place] for row in rows] for place, name in enumerate((owner, start, end))}
