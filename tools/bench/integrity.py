"""``python -m tools.bench.integrity``: all integrity checks over 100,000 and 1,000,000 appointments whose times to
come stand in the calendar, and the sweep for overlaps beside the naive self-join of the same stretches (issue 7:
under 60 s, under 500 MB, ten times the rows in at most twelve times the time).
"""

from tools.bench import __main__ as bench  # noqa: F401, I001 - first of all: it sets Django up

import argparse
import os
import resource
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from appointments import integrity
from appointments.integrity import sql
from appointments.integrity.checks_overlap import SWEEP
from tools.bench import data

SIZES = (100_000, 1_000_000)
SECONDS, MEGABYTES, GROWTH = 60, 500, 12
# In each salon; in all 200,000 at the larger size.
CALLS = 1_600
NAIVE = f"""
WITH stretch AS MATERIALIZED ({sql.stretches(sql.BLOCKS)})
SELECT count(*) FROM stretch one JOIN stretch other ON one.staff_id = other.staff_id
 AND one.appointment_id < other.appointment_id
 AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
"""  # noqa: S608 - nothing of it comes from outside

# Every salon uses the calendar, everybody is mapped, and what is to come stands there as promised.
CALENDAR = """
UPDATE appointments_branch SET calendar = 'mirror';

INSERT INTO integrations_calendarhost (company_id, staff_id, calcom_user_id, leased_by)
SELECT company_id, id, id, '' FROM appointments_staff;

INSERT INTO integrations_calendareventtype (company_id, staff_id, service_id, phase_position, event_type_id)
SELECT staff.company_id, staff.id, phase.service_id, phase.position,
       row_number() OVER (ORDER BY staff.id, phase.id)
FROM appointments_staff staff JOIN appointments_service service ON service.company_id = staff.company_id
JOIN appointments_servicephase phase ON phase.service_id = service.id AND phase.position IN (1, 3, 5);

INSERT INTO integrations_calendarsync (
    company_id, appointment_id, state, promise, wanted, revision, exempt, failures, error_code, error_detail,
    claimed_by, verified_at
)
SELECT company_id, id, 'synced', 'promised', '', revision, false, 0, '', '', '', %(now)s
FROM appointments_appointment;

INSERT INTO integrations_calendarbooking (
    company_id, appointment_id, position, generation, reference, state, origin, calcom_user_id, event_type_id,
    starts_at, ends_at, uid, error_code, error_detail, created_at, settled_at, verified_at, leaving
)
SELECT company_id, id, 1, 1, id || ':1:1', 'exists', 'created', staff_id, 1, starts_at, ends_at, 'uid' || id, '', '',
       %(now)s - interval '3 days', %(now)s - interval '3 days', %(now)s, false
FROM appointments_appointment
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="Appointments; may be repeated.")
    parser.add_argument("--keep", action="store_true", help="Measure what is loaded already.")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    sizes = options.size or SIZES
    took = [_measure(size, load=not options.keep) for size in sizes]
    if len(took) == 1:
        return 0
    growth, most = took[-1] / took[0], GROWTH * sizes[-1] / sizes[0] / 10
    print(f"{sizes[-1] / sizes[0]:.0f} times the appointments, {growth:.1f} times the time", flush=True)
    return 0 if took[-1] < SECONDS and _megabytes() < MEGABYTES and growth <= most else 1


def _measure(size: int, *, load: bool) -> float:
    now = timezone.localtime()
    if load:
        data.load(appointments=size, now=now, calls=CALLS, with_customers=True)
        _fill_calendars(now)
    took: list[tuple[float, str]] = []
    scope = integrity.Scope(now=now, asks_outside=False)
    computed = _server_seconds()
    found = 0
    for check in integrity.registered():
        start = perf_counter()
        found += sum(1 for _finding in integrity.stream(scope, [check]))
        took.append((perf_counter() - start, check.id))
    start = perf_counter()
    integrity.consistency_ratio(None, now=now)
    took.append((perf_counter() - start, "the ratio"))
    seconds = sum(each for each, _name in took)
    used = f"{seconds:.1f} s, of which the server computed {_server_seconds() - computed:.1f} s"
    memory = f"{_megabytes():.0f} MB and on the server {_server_megabytes():.0f} MB"
    print(f"{size:,}: {used}; {memory}; {found} findings", flush=True)
    for each, name in _slowest(took):
        print(f"  {name}: {each:.1f} s", flush=True)
    if load:
        _compare()
    return seconds


def _compare() -> None:
    sweep, naive = _statement(SWEEP), _statement(NAIVE)
    print(f"  sweep {sweep:.1f} s, naive {naive:.1f} s: {naive / sweep:.1f} times as long", flush=True)


def _slowest(took: Sequence[tuple[float, str]]) -> Sequence[tuple[float, str]]:
    return sorted(took, reverse=True)[:8]


def _server(file: str) -> str:
    """Of the process that serves this connection: the machine may have other things to do as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8")


def _server_seconds() -> float:
    user, system = _server("stat").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _server_megabytes() -> float:
    """At most, with the buffers that all its processes share."""
    (line,) = (line for line in _server("status").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill_calendars(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0")
        for statement in CALENDAR.split(";"):
            cursor.execute(statement, {"now": now})
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def _statement(statement: str) -> float:
    begun = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET work_mem = '64MB'")
        cursor.execute(statement, {"company": None, "now": timezone.now()})
        cursor.fetchall()
        cursor.execute("RESET statement_timeout; RESET work_mem")
    return perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
