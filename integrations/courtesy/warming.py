"""Fetching beforehand what callers are likely to ask for, while the request budget allows."""

from datetime import datetime, timedelta
from time import monotonic

from django.db.models import Count

from appointments.models import Appointment, Branch, Company
from integrations import slot_memory
from integrations.calcom.budget import Priority
from integrations.calcom.line import Line
from integrations.courtesy.sieve import fetch
from integrations.models import CalendarEventType
from integrations.slot_memory import Day

DAYS_AHEAD = 3
MOST_EVENT_TYPES = 6
LOOKED_BACK = timedelta(days=60)
SECONDS = 20.0


def warm(*, now: datetime) -> int:
    """The next days of what has been booked most lately, for each company; how many days were fetched."""
    return sum(_warm(company, now) for company in Company.objects.filter(branches__active=True).distinct())


def _warm(company: Company, now: datetime) -> int:
    line = Line.of(company)
    branch = Branch.objects.filter(company=company, active=True).exclude(calendar="off").first()
    if line is None or branch is None:
        return 0
    days = _popular_days(company, branch, now)
    missing = [day for day in days if day not in slot_memory.recall(days)]
    if not missing:
        return 0
    deadline = monotonic() + SECONDS
    return len(fetch(line, missing, branch.zone, deadline=deadline, priority=Priority.WARMUP))


def _popular_days(company: Company, branch: Branch, now: datetime) -> list[Day]:
    popular = (
        Appointment.objects.filter(company=company, starts_at__range=(now - LOOKED_BACK, now))
        .values("staff", "service")
        .annotate(count=Count("pk"))
        .order_by("-count", "staff", "service")[:MOST_EVENT_TYPES]
    )
    pairs = [(row["staff"], row["service"]) for row in popular]
    types = CalendarEventType.objects.filter(company=company, staff__calendar_host__isnull=False)
    by_pair: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one in types.select_related("staff__calendar_host"):
        place = (one.staff.calendar_host.calcom_user_id, one.event_type_id)
        by_pair.setdefault((one.staff_id, one.service_id), []).append(place)
    places = [place for pair in pairs for place in by_pair.get(pair, [])][:MOST_EVENT_TYPES]
    today = now.astimezone(branch.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return [Day(company.pk, host_id, event_type, day) for host_id, event_type in places for day in days]
