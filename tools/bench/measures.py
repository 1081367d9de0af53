"""What is measured: milliseconds inside one process, queries, and the floor beside it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import psycopg
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments import availability, booking
from appointments.models import Appointment, Branch, Customer, Reservation, Service, Staff
from calls.signature import sign
from tools.bench import floor
from tools.bench.data import free_evenings

ROUNDS = 200
WARM_UP = 10
KEY = "only-for-the-bench-77aa"


@dataclass(frozen=True)
class Result:
    """Milliseconds; ``queries`` of ours, None where there is nothing to count; ``floor`` is its median."""

    name: str
    median: float
    p95: float
    queries: int | None
    floor: float | None


class Bench:
    """One salon among many, and its free evenings, each start used once."""

    def __init__(self, branch: Branch, now: datetime) -> None:
        self.branch = Branch.objects.select_related("company").get(pk=branch.pk)
        self.service = Service.objects.get(company=branch.company, name="Herrenhaarschnitt")
        self.staff = list(
            Staff.objects.filter(branch=branch).select_related("branch__company").order_by("pk")
        )
        self.now = now
        starts = free_evenings(now.date())
        self.slots = iter([(staff, start) for start in starts for staff in self.staff])
        self.calls = count(1)
        self.application = get_wsgi_application()
        self.number = branch.phone_numbers.get().number
        self.bare = psycopg.connect(**_connection_facts(), autocommit=True)

    def clear(self) -> None:
        """The evenings are free again."""
        Reservation.objects.filter(branch=self.branch).delete()
        mine = Appointment.objects.blocking().filter(branch=self.branch, created_at__gt=self.now)
        for appointment in mine:
            booking.cancel(appointment, now=timezone.now())
        starts = free_evenings(self.now.date())
        self.slots = iter([(staff, start) for start in starts for staff in self.staff])

    def request(self, staff: Staff | None, holder: str = "") -> availability.Request:
        return availability.Request(
            branch=self.branch, service=self.service, now=timezone.now(), staff=staff, holder=holder
        )

    def floor_facts(self, staff: Staff) -> dict[str, Any]:
        return {
            "company": staff.company_id,
            "branch": staff.branch_id,
            "staff": staff.pk,
            "service": self.service.pk,
            "now": self.now,
            "later": self.now + timedelta(minutes=10),
        }

    def post(
        self, function: str, args: dict[str, Any], call: int, *, caller: str | None = None
    ) -> dict[str, Any]:
        """A signed function call through the whole stack, without the network."""
        body = json.dumps(
            {
                "name": function,
                "args": args,
                "call": {"call_id": f"call_{call:027d}", "from_number": caller, "to_number": self.number},
            }
        ).encode()
        return json.loads(self.raw_post(body))

    def raw_post(self, body: bytes, *, path: str = "/retell/functions/") -> bytes:
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_X_RETELL_SIGNATURE": sign(body, key=KEY, now_ms=int(timezone.now().timestamp() * 1000)),
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": BytesIO(),
        }
        return b"".join(self.application(environ, lambda *_args: None))


def _connection_facts() -> dict[str, Any]:
    connection.ensure_connection()
    facts = connection.get_connection_params()
    return {key: facts[key] for key in ("host", "port", "user", "dbname", "password") if facts.get(key)}


def run(bench: Bench) -> list[Result]:
    empty = measure("an empty request", lambda: bench.raw_post(b"{"))
    return [empty, hold(bench), *phone(bench), ringing(bench), seven_days(bench)]


def measure(
    name: str, operation: Callable[[], object], *, bare: Callable[[], object] | None = None
) -> Result:
    """Alternates ours and the floor, so that both see the same machine."""
    for _round in range(WARM_UP):
        operation()
        if bare:
            bare()
    ours, theirs = [], []
    for _round in range(ROUNDS):
        ours.append(_milliseconds(operation))
        if bare:
            theirs.append(_milliseconds(bare))
    with CaptureQueriesContext(connection) as queries:
        operation()
    return Result(
        name=name,
        median=median(ours),
        p95=quantiles(ours, n=20)[-1],
        queries=len(queries) or None,
        floor=median(theirs) if theirs else None,
    )


def _milliseconds(operation: Callable[[], object]) -> float:
    began = perf_counter()
    operation()
    return (perf_counter() - began) * 1000


def hold(bench: Bench) -> Result:
    """One hold after the other, each released again, so that evenings do not fill up."""

    def ours() -> None:
        staff, start = next(bench.slots)
        booking.hold(bench.request(staff, holder=f"bench:{next(bench.calls)}"), start=start)

    def bare() -> None:
        staff, start = next(bench.slots)
        floor.hold(bench.bare, bench.floor_facts(staff), start)

    result = measure("hold (domain)", ours, bare=bare)
    bench.clear()
    return result


def phone(bench: Bench) -> list[Result]:
    """``check_availability`` with its hold, then ``start_booking``, each with the floor beside it."""
    checked: list[tuple[int, str]] = []
    held: list[tuple[Staff, datetime, int]] = []

    def check() -> None:
        staff, start = next(bench.slots)
        call = next(bench.calls)
        args = {
            "datum": f"{start:%Y-%m-%d}",
            "uhrzeit": f"{start:%H:%M}",
            "dienstleistung": "Herrenhaarschnitt",
            "mitarbeiter": staff.name,
        }
        reply = bench.post("check_availability", args, call)
        checked.append((call, reply["reservation_id"]))

    def bare_check() -> None:
        staff, start = next(bench.slots)
        held.append((staff, start, floor.hold(bench.bare, bench.floor_facts(staff), start)))

    def book() -> None:
        call, reservation = checked.pop()
        reply = bench.post("start_booking", {"reservation_id": reservation, "name": "Jana Probst"}, call)
        if reply["status"] != "booked":
            raise RuntimeError(reply)

    def bare_book() -> None:
        staff, start, reservation = held.pop()
        floor.book(bench.bare, bench.floor_facts(staff), start, reservation)

    return [
        measure("check_availability with hold (phone)", check, bare=bare_check),
        measure("start_booking (phone)", book, bare=bare_book),
    ]


def ringing(bench: Bench) -> Result:
    """The inbound webhook for somebody who has been here ten times: recognised and greeted by name."""
    customers = Customer.objects.filter(company=bench.branch.company)
    caller = customers.order_by("pk")[250]
    visits = Appointment.objects.filter(branch=bench.branch, starts_at__lt=bench.now).order_by("-starts_at")
    Appointment.objects.filter(pk__in=list(visits.values_list("pk", flat=True)[:10])).update(customer=caller)
    inbound = {"from_number": str(caller.phone), "to_number": str(bench.number)}
    body = json.dumps({"event": "call_inbound", "call_inbound": inbound}).encode()

    def ours() -> None:
        answer = json.loads(bench.raw_post(body, path="/retell/inbound/"))
        if answer["call_inbound"]["dynamic_variables"]["usual_service"] != bench.service.name:
            raise RuntimeError(answer)

    return measure("a known caller is greeted (phone)", ours)


def seven_days(bench: Bench) -> Result:
    first = bench.request(None).today + timedelta(days=7)
    ids = [staff.pk for staff in bench.staff]
    midnight = datetime.combine(first, datetime.min.time(), tzinfo=bench.branch.zone)

    def ours() -> None:
        request = availability.Request(
            branch=bench.branch, service=Service.objects.get(pk=bench.service.pk), now=timezone.now()
        )
        availability.free_starts(request, first=first, last=first + timedelta(days=6))

    return measure(
        f"any of {len(ids)} stylists, seven days", ours, bare=lambda: floor.week(bench.bare, ids, midnight)
    )
