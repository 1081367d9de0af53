"""``python -m tools.bench.importing``: a foreign file of 100,000 rows through ``import_appointments``.

Five years back and a quarter ahead, eight stylists, some rows overlapping, some unreadable. Goals of issue
7: under five minutes and under 500 MB.
"""

from tools.bench import __main__ as bench  # noqa: F401 # isort: skip - sets Django up

import csv
import json
import resource
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from appointments.models import Allocation, Appointment, Branch, Company, Service, ServicePhase, Staff

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SECONDS, MEGABYTES = 300, 500
STAFF, CUSTOMERS, PER_DAY = 8, 15_000, 9
DAYS_AHEAD = 90
MAPPING = "create_missing: [customers]\ncolumns: {customer: Kunde, phone: Telefon, staff: Mitarbeiter, service: Leistung, date: Datum, time: Uhrzeit, minutes: Dauer, external_id: Nr}\n"


def main() -> int:
    call_command("migrate", verbosity=0)
    company = _salon(f"bench-import-{uuid4().hex[:8]}")
    folder = Path(settings.VAR_DIR)
    file, mapping = folder / "import.csv", folder / "import.yaml"
    _write(file, company)
    mapping.write_text(MAPPING, encoding="utf-8")
    seconds = [_run(company, file, mapping) for _again in range(2)]
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{ROWS:,} rows: {seconds[0]:.0f} s, again {seconds[1]:.0f} s, at most {megabytes:.0f} MB")
    own = Appointment.objects.filter(company=company)
    print(f"{own.count():,} appointments, {Allocation.objects.filter(company=company).count():,} allocations")
    return 0 if seconds[0] < SECONDS and megabytes < MEGABYTES else 1


def _run(company: Company, file: Path, mapping: Path) -> float:
    command = [sys.executable, "manage.py", "import_appointments", str(file), "--company", company.slug]
    begun = perf_counter()
    done = subprocess.run(
        [*command, "--mapping", str(mapping), "--format", "json"], capture_output=True, text=True, check=False
    )
    took = perf_counter() - begun
    result = json.loads(done.stdout)
    print({key: value if isinstance(value, int) else len(value) for key, value in result.items()})
    return took


def _salon(slug: str) -> Company:
    company = Company.objects.create(name=slug, slug=slug)
    branch = Branch.objects.create(company=company, name="Mitte", calendar="mirror")
    for number in range(STAFF):
        Staff.objects.create(company=company, branch=branch, name=f"Stylist {number}")
    for name, minutes in (("Herrenhaarschnitt", 45), ("Damenhaarschnitt", 60)):
        service = Service.objects.create(company=company, name=name)
        ServicePhase.objects.create(service=service, position=1, minutes=minutes)
    return company


def _write(file: Path, company: Company) -> None:
    """Full days backwards from the last; one row in fifty an overlap, one in five hundred unreadable."""
    random = Random(7)  # noqa: S311 - the same file each time
    midnight = datetime.combine(timezone.localdate() + timedelta(days=DAYS_AHEAD), datetime.min.time())
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=";")
        writer.writerow(("Nr", "Datum", "Uhrzeit", "Dauer", "Mitarbeiter", "Leistung", "Kunde", "Telefon"))
        for number in range(ROWS):
            day, place = divmod(number, STAFF * PER_DAY)
            hour, stylist = divmod(place, STAFF)
            start = midnight - timedelta(days=day) + timedelta(hours=9 + hour)
            start -= timedelta(minutes=30) * (random.random() < 0.02)
            customer = random.randrange(CUSTOMERS)
            service, minutes = random.choice((("Herrenhaarschnitt", 45), ("Damenhaarschnitt", 60)))
            shown = "31.02.2026" if random.random() < 0.002 else f"{start:%d.%m.%Y}"
            writer.writerow(
                (number, shown, f"{start:%H:%M}", minutes, f"Stylist {stylist}", service,
                 f"Kunde {customer}", f"030 23125{customer:05d}")
            )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
