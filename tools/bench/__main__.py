"""``python -m tools.bench``: loads 10,000 and 1,000,000 appointments, measures, writes docs/benchmarks.md."""

import os
import platform
import sys
from pathlib import Path

os.environ.update(
    {
        "ENV_FILE": "none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-the-bench-0f6a2d3c1e9b48d7a5c4",
        "RETELL_API_KEYS": "only-for-the-bench-77aa",
        "ALLOWED_HOSTS": "localhost",
        "RATE_LIMITS": "false",
        "LOG_LEVEL": "ERROR",
    }
)
os.environ.setdefault("VAR_DIR", "var/bench")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from tools.bench import data, functions, measures, report  # noqa: E402

SIZES = (10_000, 1_000_000)
# In each salon; at the larger size 500,000 in all.
CUSTOMERS = {10_000: 500, 1_000_000: 5_000}
# In each salon; at the larger size 200,000 in all.
CALLS = {10_000: 200, 1_000_000: 2_000}
PAGE = Path("docs/benchmarks.md")


def main() -> None:
    call_command("migrate", verbosity=0)
    results: dict[int, list[measures.Result]] = {}
    for size in SIZES:
        print(f"Loading {size:,} appointments …", flush=True)
        now = timezone.localtime()
        branches = data.load(appointments=size, now=now, customers=CUSTOMERS[size], calls=CALLS[size])
        print("Measuring …", flush=True)
        bench = measures.Bench(branches[len(branches) // 2], now)
        results[size] = [*measures.run(bench), *functions.functions(bench)]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, PostgreSQL {version}"
    PAGE.write_text(report.page(results, machine=machine, day=timezone.localdate()), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
