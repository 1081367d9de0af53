"""When a branch is open and somebody works there: the facts behind every answer, as periods in UTC."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from appointments.models import Absence, Branch, Company, OpeningHours, WorkingHours
from appointments.rules.holidays import holiday_name
from appointments.rules.hours import open_periods
from appointments.rules.periods import Period, merge


def holidays_of(company: Company, days: Iterable[date]) -> dict[date, str]:
    names = {day: holiday_name(day, company.holidays) for day in days}
    return {day: name for day, name in names.items() if name}


def opening_of(branch: Branch, days: Iterable[date]) -> list[Period]:
    """``days`` are local and without holidays."""
    hours = OpeningHours.objects.filter(branch=branch)
    weekly = _by_weekday(hours.values_list("weekday", "start_minute", "end_minute"))
    zone = branch.zone
    return merge(period for day in days for period in open_periods(day, weekly[day.weekday()], zone))


def shifts_of(branch: Branch, staff_ids: Sequence[int], days: Sequence[date]) -> dict[int, list[Period]]:
    """Of stylists with hours of their own, by stylist."""
    rows = WorkingHours.objects.filter(staff__in=staff_ids)
    by_person: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for staff_id, *hours in rows.values_list("staff", "weekday", "start_minute", "end_minute"):
        by_person[staff_id].append((hours[0], hours[1], hours[2]))
    shifts: dict[int, list[Period]] = defaultdict(list)
    for staff_id, hours_of_week in by_person.items():
        weekly = _by_weekday(hours_of_week)
        shifts[staff_id] = merge(
            period for day in days for period in open_periods(day, weekly[day.weekday()], branch.zone)
        )
    return shifts


def absences_of(staff_ids: Sequence[int], span: Period) -> dict[int, list[Period]]:
    away: dict[int, list[Period]] = defaultdict(list)
    rows = Absence.objects.filter(staff__in=staff_ids).overlapping(span.start, span.end)
    for staff_id, start, end in rows.values_list("staff", "starts_at", "ends_at"):
        away[staff_id].append(Period(start, end))
    return away


def _by_weekday(rows: Iterable[tuple[int, int, int]]) -> dict[int, list[tuple[int, int]]]:
    weekly: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for weekday, start, end in rows:
        weekly[weekday].append((start, end))
    return weekly
