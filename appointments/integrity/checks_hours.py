"""Appointments to come for which nobody would be given that time today."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.availability.working import absences_of, holidays_of, opening_of, shifts_of
from appointments.integrity import sql
from appointments.integrity.facts import appointment_subject, facts_of
from appointments.integrity.registry import Found, register
from appointments.integrity.scope import Scope, configured
from appointments.models import Branch, Company, Staff
from appointments.models.integrity import Severity
from appointments.rules.hours import days_between, midnight
from appointments.rules.periods import Period, subtract

DAY = timedelta(days=1)
COMING = "appointment.ends_at > %(now)s"

DAYS = f"""
SELECT DISTINCT appointment.staff_id, appointment.branch_id,
       (appointment.starts_at AT TIME ZONE company.timezone)::date AS day
FROM appointments_appointment appointment
JOIN appointments_company company ON company.id = appointment.company_id
WHERE appointment.status IN ({sql.BLOCKS}) AND {COMING} AND appointment.company_id = %(company)s
"""  # noqa: S608 - nothing of it comes from outside

# The hours of each day reach into the days around it: an appointment may pass midnight.
OUTSIDE = f"""
WITH day AS MATERIALIZED (
    SELECT staff_id, branch_id, day, holiday, opening::tstzmultirange AS opening,
           working::tstzmultirange AS working
    FROM unnest(%(staff)s::bigint[], %(branch)s::bigint[], %(day)s::date[], %(holiday)s::boolean[],
                %(opening)s::text[], %(working)s::text[])
         AS given (staff_id, branch_id, day, holiday, opening, working)
), absent AS (
    SELECT DISTINCT work.appointment_id
    FROM ({sql.working_stretches(sql.BLOCKS, extra=COMING)}) work
    JOIN day ON day.staff_id = work.staff_id AND day.branch_id = work.branch_id
     AND day.day = (work.begins_at AT TIME ZONE %(zone)s)::date
    WHERE NOT day.working @> tstzrange(work.starts_at, work.ends_at)
)
SELECT {sql.FACTS}, CASE
    WHEN day.holiday THEN 'holiday'
    WHEN NOT day.opening @> tstzrange(appointment.starts_at, appointment.ends_at) THEN 'closed'
    WHEN NOT staff.active OR staff.branch_id <> appointment.branch_id THEN 'gone'
    ELSE 'absent' END AS reason
FROM appointments_appointment appointment
JOIN day ON day.staff_id = appointment.staff_id AND day.branch_id = appointment.branch_id
 AND day.day = (appointment.starts_at AT TIME ZONE %(zone)s)::date
LEFT JOIN absent ON absent.appointment_id = appointment.id
{sql.FACTS_OF}
WHERE appointment.status IN ({sql.BLOCKS}) AND {COMING} AND {sql.of_company("appointment")} AND (
    absent.appointment_id IS NOT NULL OR NOT staff.active OR staff.branch_id <> appointment.branch_id
    OR NOT day.opening @> tstzrange(appointment.starts_at, appointment.ends_at)
)
ORDER BY appointment.starts_at, appointment.id
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Times:
    """Of one branch: when it is open and its stylists work, over all days that are asked about."""

    holidays: Collection[date]
    opening: Sequence[Period]
    working: dict[int, list[Period]]


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
    for company in scope.companies():
        own = Scope(now=scope.now, company=company)
        days = _days(own, company)
        if days is None:
            continue
        # The server cannot know how many days it is given, and would compare each with each.
        with configured({"enable_nestloop": "off"}):
            rows = list(own.rows(OUTSIDE, zone=company.timezone, **days))
        for row in rows:
            severity = Severity.ERROR if row.reason in {"absent", "gone"} else None
            yield Found(
                company_id=row.company_id,
                code=row.reason,
                facts=facts_of(row),
                subjects=[appointment_subject(row.id)],
                severity=severity,
            )


def _days(scope: Scope, company: Company) -> dict[str, list[Any]] | None:
    """For every stylist and day with appointments: when it is open, and when they work. None: no such day."""
    wanted = list(scope.rows(DAYS))
    if not wanted:
        return None
    by_branch: dict[int, list[Any]] = defaultdict(list)
    for row in wanted:
        by_branch[row.branch_id].append(row)
    columns: dict[str, list[Any]] = defaultdict(list)
    for branch in Branch.objects.filter(pk__in=by_branch).select_related("company"):
        rows = by_branch[branch.pk]
        times = _times(branch, rows)
        for row in rows:
            around = Period(midnight(row.day - DAY, branch.zone), midnight(row.day + 2 * DAY, branch.zone))
            columns["staff"].append(row.staff_id)
            columns["branch"].append(branch.pk)
            columns["day"].append(row.day)
            columns["holiday"].append(row.day in times.holidays)
            columns["opening"].append(_multirange(times.opening, around))
            columns["working"].append(_multirange(times.working[row.staff_id], around))
    return columns or None


def _times(branch: Branch, rows: Sequence[Any]) -> Times:
    first, last = min(row.day for row in rows) - DAY, max(row.day for row in rows) + 2 * DAY
    days = days_between(first, last)
    holidays = holidays_of(branch.company, days)
    open_days = [day for day in days if day not in holidays]
    opening = opening_of(branch, open_days) if branch.active else []
    staff = Staff.objects.filter(pk__in={row.staff_id for row in rows})
    follows = dict(staff.values_list("pk", "follows_branch_hours"))
    ids = sorted({row.staff_id for row in rows})
    shifts = shifts_of(branch, [pk for pk in ids if not follows.get(pk, True)], open_days)
    away = absences_of(ids, Period(midnight(first, branch.zone), midnight(last + DAY, branch.zone)))
    working = {pk: subtract(opening if follows.get(pk, True) else shifts[pk], away[pk]) for pk in ids}
    return Times(holidays, opening, working)


def _multirange(periods: Sequence[Period], around: Period) -> str:
    """The sorted ``periods`` that overlap ``around``, as PostgreSQL writes them."""
    first = bisect_right(periods, around.start, key=lambda each: each.end)
    last = bisect_left(periods, around.end, key=lambda each: each.start)
    ranges = (f'["{each.start.isoformat()}","{each.end.isoformat()}")' for each in periods[first:last])
    return "{" + ",".join(ranges) + "}"
