"""``python -m tools.bench.integrity``: all integrity checks over 100,000 and 1,000,000 appointments, and the
sweep for overlaps beside the naive self-join of the same stretches (issue 7: under 60 s, under 500 MB, ten times
the rows in at most twelve times the time).
"""

from tools.bench import __main__ as bench  # noqa: F401, I001 - first of all: it sets Django up

import resource
import sys
from time import perf_counter

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from appointments import integrity
from appointments.integrity import sql
from appointments.integrity.checks_overlap import SWEEP
from tools.bench import data

SIZES = (100_000, 1_000_000)
NAIVE = f"""
WITH stretch AS MATERIALIZED ({sql.stretches(sql.BLOCKS)})
SELECT count(*) FROM stretch one JOIN stretch other ON one.staff_id = other.staff_id
 AND one.appointment_id < other.appointment_id
 AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
"""  # noqa: S608 - nothing of it comes from outside


def main() -> int:
    call_command("migrate", verbosity=0)
    took: list[float] = []
    for size in SIZES:
        now = timezone.localtime()
        data.load(appointments=size, now=now)
        begun = perf_counter()
        slowest: list[tuple[float, str]] = []
        found = 0
        for check in integrity.registered():
            start = perf_counter()
            result = integrity.run(now=now, checks=[check.id], asks_outside=False)
            found += len(result.findings)
            slowest.append((perf_counter() - start, check.id))
        took.append(perf_counter() - begun)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:,}: {took[-1]:.1f} s, {memory:.0f} MB, {found} findings", flush=True)
        for seconds, name in sorted(slowest, reverse=True)[:5]:
            print(f"  {name}: {seconds:.1f} s", flush=True)
        sweep, naive = _statement(SWEEP), _statement(NAIVE)
        print(f"  sweep {sweep:.1f} s, naive {naive:.1f} s: {naive / sweep:.1f} times", flush=True)
    growth = took[-1] / took[0]
    print(f"growth {growth:.1f}", flush=True)
    return 0 if took[-1] < 60 and growth <= 12 else 1


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
