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
    return openings_of([branch], days)[branch.pk]


def openings_of(branches: Sequence[Branch], days: Iterable[date]) -> dict[int, list[Period]]:
    """By branch; one query. ``days`` are local and without holidays."""
    rows = OpeningHours.objects.filter(branch__in=[branch.pk for branch in branches])
    by_branch: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for branch_id, *hours in rows.values_list("branch", "weekday", "start_minute", "end_minute"):
        by_branch[branch_id].append((hours[0], hours[1], hours[2]))
    every = list(days)
    return {branch.pk: _periods(by_branch[branch.pk], every, branch) for branch in branches}


def shifts_of(branch: Branch, staff_ids: Sequence[int], days: Sequence[date]) -> dict[int, list[Period]]:
    """Of stylists with hours of their own, by stylist."""
    rows = WorkingHours.objects.filter(staff__in=staff_ids)
    by_person: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for staff_id, *hours in rows.values_list("staff", "weekday", "start_minute", "end_minute"):
        by_person[staff_id].append((hours[0], hours[1], hours[2]))
    shifts: dict[int, list[Period]] = defaultdict(list)
    for staff_id, hours_of_week in by_person.items():
        shifts[staff_id] = _periods(hours_of_week, days, branch)
    return shifts


def absences_of(staff_ids: Sequence[int], span: Period) -> dict[int, list[Period]]:
    away: dict[int, list[Period]] = defaultdict(list)
    rows = Absence.objects.filter(staff__in=staff_ids).overlapping(span.start, span.end)
    for staff_id, start, end in rows.values_list("staff", "starts_at", "ends_at"):
        away[staff_id].append(Period(start, end))
    return away


def _periods(rows: Iterable[tuple[int, int, int]], days: Iterable[date], branch: Branch) -> list[Period]:
    """``rows``: weekday, from and until, in minutes of the day."""
    weekly: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for weekday, start, end in rows:
        weekly[weekday].append((start, end))
    zone = branch.zone
    return merge(period for day in days for period in open_periods(day, weekly[day.weekday()], zone))
