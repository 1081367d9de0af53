"""``python -m tools.nights``: the real processes live through the nights on which clocks do what people do
not expect, under Debian's faketime, twenty times as fast. PostgreSQL keeps its own clock, months away.
"""

import argparse
import os
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path

from config.demo.ports import listens, some_free_port

VAR = Path("var/nights")
KEY = "only-for-the-nights-3c1e"
SALON = "tools/nights/salon.yaml"


def _environment(port: int, calendar_port: int) -> dict[str, str]:
    return {
        "ENV_FILE": "none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-the-nights-9b0d2f6a4c8e1735",
        "RETELL_API_KEYS": KEY,
        "RETELL_API_URL": "none",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "HTTPS": "false",
        "VAR_DIR": str(VAR),
        "EMAIL_URL": "dummymail://",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CALCOM_API_URL": f"http://127.0.0.1:{calendar_port}",
        "CALCOM_API_KEY": "cal_only_for_the_nights",
        "CALCOM_WEBHOOK_SECRET": "only-for-the-nights-77b2",
        # As many a real second as Cal.com allows in a minute.
        "CALENDAR_REQUESTS_PER_MINUTE": "6000",
        "LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": "1",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.nights", description=__doc__)
    parser.add_argument("--port", type=int, default=8170, help="of the web server (default: 8170)")
    parser.add_argument("--only", default="", help="nights whose name has this in it")
    return parser.parse_args()


chosen = _arguments()
shutil.rmtree(VAR, ignore_errors=True)
VAR.mkdir(parents=True)
calendar_port = some_free_port()
os.environ.update(_environment(chosen.port, calendar_port))

import django  # noqa: E402
import requests  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django_q.models import Schedule  # noqa: E402

from appointments.models import Branch  # noqa: E402
from calls.simulator.line import HttpLine  # noqa: E402
from config.demo.processes import Supervisor, supervised  # noqa: E402
from integrations.models import Messaging  # noqa: E402
from tools.nights.callers import Callers, Tally  # noqa: E402
from tools.nights.clock import SPEED, Clock, find_library  # noqa: E402
from tools.nights.living import Lived, Living, findings  # noqa: E402
from tools.nights.plan import NIGHTS, Night  # noqa: E402
from tools.nights.table import row, table  # noqa: E402
from tools.nights.watching import own_schedule  # noqa: E402

SETTLES_REAL_SECONDS = 8.0
# Preparing takes a minute or two, which is half an hour.
BEFOREHAND = timedelta(hours=3)


def main() -> int:
    """0 if all is as it has to be, 1 if not, 2 without faketime."""
    library = find_library()
    if library is None:
        print("faketime is not installed here: apt-get install faketime", file=sys.stderr)
        return 2
    nights = [night for night in NIGHTS if chosen.only in night.name]
    connection.ensure_connection()
    clock = Clock(nights[0].windows[0].begins - BEFOREHAND, VAR, library)
    with supervised(VAR / "log") as supervisor:
        _prepare(clock, supervisor)
        _start(clock, supervisor, chosen.port)
        lived = [_live(night, clock, chosen.port) for night in nights]
    print(table(lived, speed=SPEED), flush=True)
    return 1 if any(each.wrong for each in lived) else 0


def _prepare(clock: Clock, supervisor: Supervisor) -> None:
    for command in (("migrate", "--verbosity", "0"), ("apply_salon", SALON)):
        supervisor.start(command[0], clock.command("manage.py", *command))
        supervisor.children.pop(command[0]).wait()
    for branch in Branch.objects.all():
        Messaging.objects.create(branch=branch)


def _start(clock: Clock, supervisor: Supervisor, port: int) -> None:
    webhook = f"http://127.0.0.1:{port}/calcom/webhook/nachtigall/"
    sandbox = ("calcom_sandbox", "--port", str(calendar_port), "--salon", SALON, "--webhook", webhook)
    web = ("gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}")
    supervisor.start("calendar", clock.command("manage.py", *sandbox))
    supervisor.start("web server", clock.command("-m", *web))
    supervisor.start("worker", clock.command("manage.py", "qcluster"))
    supervisor.wait_until(lambda: listens(port, timeout=2) and listens(calendar_port, timeout=2))
    # The first request loads everything: seconds, which are minutes, and then a signature is too old.
    for path in ("/readyz", "/retell/functions/"):
        requests.get(f"http://127.0.0.1:{port}{path}", timeout=60)


def _live(night: Night, clock: Clock, port: int) -> Lived:
    print(f"{night.name} …", flush=True)
    _come_to(night, clock)
    line = HttpLine(f"http://127.0.0.1:{port}", key=KEY, now=clock.now)
    number = str(Branch.objects.get(name="Mitte").phone_numbers.get().number)
    tally = Tally()
    living = Living(night, clock, Callers(line, number, tally, night.windows[0].begins), tally)
    living.live()
    time.sleep(SETTLES_REAL_SECONDS)
    living.watch.look()
    lived = living.judge()
    lived.wrong += findings(clock)
    line.close()
    print(row(lived), flush=True)
    for each in lived.wrong:
        print(f"  {each}", flush=True)
    return lived


def _come_to(night: Night, clock: Clock) -> None:
    """As if the machine had been off since: some minutes before it begins, everything due runs once."""
    begins = night.windows[0].begins
    arrives = begins - timedelta(minutes=10)
    own_schedule(night.windows[-1].begins)
    # django-q2 counts minute by minute through the months in between.
    Schedule.objects.filter(schedule_type=Schedule.MINUTES, next_run__lt=arrives).update(next_run=arrives)
    clock.set(arrives)
    while clock.now() < begins:
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
