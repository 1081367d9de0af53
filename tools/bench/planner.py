"""``python -m tools.bench.planner``: the day of 40 stylists and 600 phases among 1,000,000 appointments, as page,
as feed that has news and as feed that has none (issue 6: the page within 300 ms of server time).

Takes the salons that ``tools.bench.lists`` has loaded, and adds one of its own.
"""

from tools.bench import __main__ as bench  # noqa: F401, I001 - first of all: it sets Django up

import re
import sys
from datetime import date, datetime, time, timedelta
from os import cpu_count, getloadavg
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from appointments import booking
from appointments.access import Role
from appointments.availability import Request
from appointments.models import Appointment, AppointmentPhase, Branch, Company, Customer, Membership
from appointments.models import OpeningHours, Service, ServicePhase, Staff
from appointments.models.appointment import Source
from tools.bench.lists import getter

LIMIT_MS = 300
ROUNDS = 200
STYLISTS, COMPOUND, PLAIN = 40, 2, 3
SLUG = "planner-bench"
PERM = ((50, True), (15, False), (5, True), (10, False), (15, True), (40, True))


def main() -> int:
    settings.DATABASES["default"]["OPTIONS"].pop("options", None)
    now = timezone.localtime()
    day = now.date() + timedelta(days=14 - now.weekday())
    branch = Branch.objects.filter(company__slug=SLUG).first() or _salon()
    if not Appointment.objects.filter(branch=branch, starts_at__date=day).exists():
        _fill(branch, day, now)
    phases = AppointmentPhase.objects.filter(
        appointment__branch=branch, appointment__starts_at__date=day
    ).count()
    print(f"{STYLISTS} stylists, {phases} phases among {Appointment.objects.count():,} appointments")
    late = _measure(_receptionist(branch), day)
    print(f"load average {getloadavg()[0]:.1f} on {cpu_count()} cores")
    return 1 if late else 0


def _salon() -> Branch:
    company = Company.objects.create(name="Planner", slug=SLUG, holidays="DE-BE")
    branch = Branch.objects.create(company=company, name="Mitte", calendar="off", minimum_notice_minutes=0)
    for weekday in range(6):
        OpeningHours.objects.create(branch=branch, weekday=weekday, start_minute=480, end_minute=1200)
    for number in range(STYLISTS):
        Staff.objects.create(company=company, branch=branch, name=f"Stylistin {number + 1:02}")
    for name, phases in (("Dauerwelle", PERM), ("Schnitt", ((60, True),))):
        service = Service.objects.create(company=company, name=name, price="60.00")
        ServicePhase.objects.bulk_create(
            ServicePhase(service=service, position=position, minutes=minutes, busy=busy)
            for position, (minutes, busy) in enumerate(phases, 1)
        )
    return branch


def _fill(branch: Branch, day: date, now: datetime) -> None:
    """Two compound appointments and three plain ones for each stylist."""
    perm, cut = Service.objects.filter(company=branch.company).order_by("name")
    for number, staff in enumerate(Staff.objects.filter(branch=branch).order_by("pk")):
        begin = datetime.combine(day, time(8), tzinfo=branch.zone)
        for position in range(COMPOUND + PLAIN):
            service = perm if position < COMPOUND else cut
            customer = Customer.objects.create(
                company=branch.company,
                name=f"Kundin {number}-{position}",
                phone=f"+493055{number:02}{position:03}",
            )
            booking.book(
                Request(branch=branch, service=service, staff=staff, now=now),
                start=begin,
                visit=booking.Visit(source=Source.STAFF, customer=customer),
            )
            begin += timedelta(minutes=135 if position < COMPOUND else 60)


def _receptionist(branch: Branch) -> User:
    User.objects.filter(username=SLUG).delete()
    user = User.objects.create_user(SLUG, is_staff=True)
    Membership.objects.create(user=user, company=branch.company, role=Role.RECEPTIONIST)
    return user


def _measure(login: User, day: date) -> int:
    feed, version = _feed(login, day)
    late = 0
    print("what, p50 and p95, p50 and p95 of the processor in ms")
    for name, url, query, known in (
        ("page", "/admin/planner/", f"day={day.isoformat()}", ""),
        ("feed with news", *feed, ""),
        ("feed without", *feed, version),
    ):
        get = getter(login, **({"HTTP_IF_NONE_MATCH": known} if known else {}))
        rounds = [get(url, query) for _round in range(ROUNDS)]
        (wall, p95), (work, works) = (
            (median(each), quantiles(each, n=20)[-1]) for each in zip(*rounds, strict=True)
        )
        print(f"{name:15} {wall:6.0f} {p95:6.0f} {work:6.0f} {works:6.0f}", flush=True)
        late += p95 > LIMIT_MS
    return late


def _feed(login: User, day: date) -> tuple[tuple[str, str], str]:
    """Where the page asks for news, and the version it has."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(login)
    page: Any = client.get("/admin/planner/", {"day": day.isoformat()})
    found = re.search(r'"feed": "([^"]+)"', page.content.decode())
    if found is None:
        raise RuntimeError("The page names no feed.")
    url, _mark, query = found.group(1).encode().decode("unicode_escape").partition("?")
    return (url, query), client.get(f"{url}?{query}").headers["ETag"]


if __name__ == "__main__":
    sys.exit(main())
