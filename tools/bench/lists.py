"""``python -m tools.bench.lists``: how long the server takes for every list of the admin at 1,000,000
appointments, 200,000 calls and 100,000 customers (issue 6: p95 of at most 150 ms).

Each list is opened as the owner of one salon among a hundred and as the operator above them all: its first
and second page, once with each filter, with searches, and (by the owner) sorted by each column. ``--keep``
measures what an earlier run has loaded; ``--only call`` the lists whose address has the word.
"""

from tools.bench import __main__ as bench  # noqa: F401, I001 - first of all: it sets Django up

import argparse
import sys
from os import cpu_count, getloadavg
from io import BytesIO
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from appointments.access import Role
from appointments.models import Branch, Customer, Membership
from appointments.models.search import fill
from config import garbage
from tools.bench import data

APPOINTMENTS, CUSTOMERS, CALLS = 1_000_000, 1_000, 2_000
LIMIT_MS = 150
ROUNDS = 5
OURS = ("appointments", "calls", "integrations")
SEARCHES = ("Maier", "030 10050", "Anna Schmidt", "loaded_50_7", "4711")
FIRST = ("Anna", "Ben", "Clara", "David", "Emma", "Finn", "Greta", "Hannes", "Ida", "Jonas")
LAST = (
    *("Maier", "Schmidt", "Schneider", "Fischer", "Weber", "Wagner", "Becker", "Schulz", "Hoffmann", "Koch"),
    *("Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger"),
    *("Hartmann", "Lange", "Werner", "Krause", "Lehmann", "Köhler", "Herrmann", "König", "Walter", "Huber"),
)
MORE = """
TRUNCATE calls_callevent, integrations_calendarevent;
UPDATE appointments_customer SET name = (%(first)s::text[])[1 + id %% 10] || ' ' || (%(last)s::text[])[1 + id / 7 %% 30];
UPDATE appointments_appointment a SET customer_id = theirs.ids[1 + a.id %% %(customers)s],
       status = CASE WHEN starts_at < %(now)s THEN (ARRAY['completed', 'completed', 'completed', 'no_show', 'cancelled'])[1 + a.id %% 5]
                     WHEN a.id %% 500 = 0 THEN 'conflict' WHEN a.id %% 300 = 0 THEN 'provisional' ELSE 'booked' END,
       source = (ARRAY['phone', 'staff', 'phone', 'calendar', 'api'])[1 + a.id %% 5]
FROM (SELECT company_id, array_agg(id) AS ids FROM appointments_customer GROUP BY company_id) theirs
WHERE theirs.company_id = a.company_id;
UPDATE calls_call c SET customer_id = theirs.ids[1 + c.id %% %(customers)s], contradictions = CASE WHEN c.id %% 200 = 0 THEN 1 ELSE 0 END
FROM (SELECT company_id, array_agg(id) AS ids FROM appointments_customer GROUP BY company_id) theirs
WHERE theirs.company_id = c.company_id;
INSERT INTO calls_callback (company_id, branch_id, call_id, customer_id, name, phone, matter, reason, created_at, due_at, state, done_at)
SELECT company_id, branch_id, id, customer_id, 'Anrufer ' || id, caller, 'other', 'Rückruf ' || id, started_at, started_at + interval '1 hour',
       CASE WHEN id %% 50 = 0 THEN 'open' ELSE 'done' END, CASE WHEN id %% 50 = 0 THEN NULL ELSE started_at END
FROM calls_call WHERE id %% 5 = 0;
INSERT INTO calls_callevent (event, call_id, body, received_at, outcome, processed_at, failures, error)
SELECT event, call_id, '{}', started_at, 'recorded', started_at, 0, '' FROM calls_call, unnest(ARRAY['call_started', 'call_ended', 'call_analyzed']) event;
INSERT INTO calls_callappointment (company_id, call_id, appointment_id, relationship, created_at)
SELECT c.company_id, c.id, first.id + c.id %% 10000, 'booked', c.started_at FROM calls_call c
JOIN (SELECT company_id, min(id) AS id FROM appointments_appointment GROUP BY company_id) first ON first.company_id = c.company_id WHERE c.id %% 3 = 0;
INSERT INTO appointments_reservation (company_id, branch_id, staff_id, service_id, token, holder, person, staff_wished, starts_at, ends_at, phases,
       buffer_before_minutes, buffer_after_minutes, blocks_span, state, created_at, expires_at, expires_at_latest)
SELECT company_id, branch_id, staff_id, service_id, 'token_' || id, 'call:loaded_' || branch_id || '_' || id, '', false, starts_at, ends_at, '[]', 0, 0, false,
       CASE WHEN id %% 4 = 0 THEN 'expired' ELSE 'converted' END, created_at - id * interval '1 minute', created_at, created_at
FROM appointments_appointment WHERE id %% 3 = 0;
INSERT INTO integrations_calendarsync (company_id, appointment_id, state, promise, wanted, revision, exempt, failures, error_code, error_detail, claimed_by, pending_since, next_try_at)
SELECT company_id, id, CASE WHEN id %% 1000 = 0 THEN 'pending' ELSE 'synced' END, 'promised', '', 1, false, 0, '', '', '',
       CASE WHEN id %% 1000 = 0 THEN %(now)s END, CASE WHEN id %% 1000 = 0 THEN %(now)s END FROM appointments_appointment;
INSERT INTO integrations_calendarbooking (company_id, appointment_id, position, generation, reference, state, origin, starts_at, ends_at, uid, error_code, error_detail, created_at, leaving)
SELECT company_id, id, 1, 0, 'tf-' || id, 'exists', 'created', starts_at, ends_at, 'uid_' || id, '', '', created_at, false FROM appointments_appointment;
INSERT INTO integrations_calendarevent (company_id, trigger, uid, happened, body, received_at, outcome, processed_at, failures, error)
SELECT company_id, 'BOOKING_CREATED', 'uid_' || id, '', '{}', starts_at, 'echo', starts_at, 0, '' FROM appointments_appointment WHERE id %% 2 = 0;
INSERT INTO integrations_calendarcase (company_id, appointment_id, kind, uid, facts, opened_at, solved_at, solution)
SELECT company_id, id, 'refused', 'uid_' || id, '{}', created_at, CASE WHEN id %% 2000 = 0 THEN NULL ELSE created_at END, CASE WHEN id %% 2000 = 0 THEN '' ELSE 'retry' END
FROM appointments_appointment WHERE id %% 100 = 0
"""  # fmt: skip


@dataclass
class Measured:
    """Milliseconds of one list, by address."""

    name: str
    times: dict[str, list[float]] = field(default_factory=dict)
    # Of the web process alone: what a busy machine does not blur.
    cpu: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return quantiles([each for times in self.times.values() for each in times], n=20)[-1]

    @property
    def slowest(self) -> tuple[str, float]:
        return max(((url, median(times)) for url, times in self.times.items()), key=lambda pair: pair[1])


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.bench.lists")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    settings.DATABASES["default"]["OPTIONS"].pop("options", None)
    call_command("migrate", verbosity=0)
    if not options.keep:
        load()
    late = 0
    for login in logins():
        print(
            f"\n{login.username}: list, pages, p50 and p95 in ms, p50 of the processor; the slowest page and its p50",
            flush=True,
        )
        for measured in measure(login, options.only):
            url, slowest = measured.slowest
            every = [each for times in measured.times.values() for each in times]
            row = f"{measured.name:42} {len(measured.times):4} {median(every):7.0f} {measured.p95:7.0f} {median(measured.cpu):7.0f}"
            print(f"{row}   {slowest:7.0f} {url}", flush=True)
            late += measured.p95 > LIMIT_MS
    print(f"\n{late} lists above {LIMIT_MS} ms; load average {getloadavg()[0]:.1f} on {cpu_count()} cores")
    return 1 if late else 0


def load() -> None:
    now = timezone.localtime()
    print("Loading …", flush=True)
    data.load(appointments=APPOINTMENTS, now=now, customers=CUSTOMERS, calls=CALLS)
    facts = {"now": now, "customers": CUSTOMERS, "first": list(FIRST), "last": list(LAST)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = 0")
        for statement in MORE.split(";\n"):
            cursor.execute(statement, facts)
    fill(Customer.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def logins() -> list[User]:
    User.objects.filter(username__in=["owner", "operator"]).delete()
    branch = Branch.objects.order_by("pk")[50]
    owner = User.objects.create_user("owner", is_staff=True)
    Membership.objects.create(user=owner, company=branch.company, role=Role.OWNER)
    return [owner, User.objects.create_superuser("operator")]


def measure(login: User, only: str) -> Iterator[Measured]:
    get = getter(login)
    for model, page in site._registry.items():  # noqa: SLF001
        request = RequestFactory().get("/")
        request.user = login
        if model._meta.app_label not in OURS or not page.has_view_permission(request):
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if only not in url:
            continue
        measured = Measured(model._meta.label)
        for query in pages_of(page, request, sorted_too=not login.is_superuser):
            open_often(get, url, query, measured)
        yield measured
    for name in ("worklist", "search"):
        measured = Measured(name)
        for query in [f"s={text}" for text in SEARCHES] if name == "search" else [""]:
            url = reverse(name)
            open_often(get, url, query, measured)
        if only in url:
            yield measured


def open_often(get: Any, url: str, query: str, measured: Measured) -> None:
    """The first time does not count: it finds templates and plans."""
    rounds = [get(url, query) for _round in range(1 + ROUNDS)][1:]
    measured.times[query] = [wall for wall, _cpu in rounds]
    measured.cpu += [cpu for _wall, cpu in rounds]


def pages_of(page: Any, request: Any, *, sorted_too: bool) -> list[str]:
    changelist = page.get_changelist_instance(request)
    pages = ["", "p=2"]
    for spec in changelist.filter_specs:
        choices = [choice["query_string"].lstrip("?") for choice in spec.choices(changelist)]
        pages += [choices[1], choices[-1]] if len(choices) > 2 else choices[1:]
    if changelist.search_fields:
        pages += [f"q={text}" for text in SEARCHES]
    if sorted_too:
        sortable = [
            number for number, name in enumerate(changelist.list_display) if sorts(page, changelist, name)
        ]
        pages += [f"o={sign}{number}" for number in sortable for sign in ("", "-")]
    return list(dict.fromkeys(pages))


def sorts(page: Any, changelist: Any, name: Any) -> bool:
    return bool(changelist.get_ordering_field(name))


def getter(login: User, **headers: str) -> Any:
    """Asks the whole stack, as gunicorn would; returns milliseconds by the clock and of the processor."""
    client = Client()
    client.force_login(login)
    application = get_wsgi_application()
    garbage.settle()
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def get(url: str, query: str) -> tuple[float, float]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": url,
            "QUERY_STRING": query.replace(" ", "+"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": cookie,
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            **headers,
        }
        statuses: list[str] = []
        began, worked = perf_counter(), process_time()
        b"".join(application(environ, lambda status, *_rest: statuses.append(status)))
        took = (perf_counter() - began) * 1000, (process_time() - worked) * 1000
        if not statuses[0].startswith(("200", "304")):
            raise RuntimeError(f"{statuses[0]} {url}?{query}")
        return took

    return get


if __name__ == "__main__":
    sys.exit(main())
