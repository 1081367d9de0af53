"""The programs are started once, then one night after the other is lived through."""

import argparse
import os
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.utils import timezone

from appointments.models import Branch
from calls.simulator.line import HttpLine
from config.demo.calendar import LATENCY_MS, port_of
from config.demo.ports import HOST, listens
from config.demo.processes import Supervisor, supervised
from integrations.sandbox.limiting import USUAL_LIMIT
from tools.chaos.journal import Act, Outcome, What
from tools.nights import looking
from tools.nights.breaks import VARIABLE
from tools.nights.callers import Callers
from tools.nights.clock import Clock
from tools.nights.judging import Seen, judge
from tools.nights.living import Living
from tools.nights.plan import NIGHTS, Night
from tools.nights.table import row, table
from tools.stage.environment import RETELL_KEY

SALON = Path("tools/nights/salon.yaml")
SLUG = "nachtigall"
PROGRAMS = "tools.nights.programs"
# Preparing takes a minute, which is many.
BEFOREHAND = timedelta(hours=3)


class Run:
    """``acts``: everything that was promised, in all nights. ``begun``: by the machine's own clock."""

    def __init__(
        self, wanted: argparse.Namespace, *, var: Path, library: Path, calendar: dict[str, str]
    ) -> None:
        self.nights = [night for night in NIGHTS if wanted.only in night.name]
        self.port, self.calendar = wanted.port, calendar
        self.url = f"http://{HOST}:{wanted.port}"
        self.log = var / "nights.log"
        begins = self.nights[0].noon_before - BEFOREHAND
        self.clock = Clock(begins, var, library, speed=wanted.speed)
        self.begun = timezone.now()
        self.acts: list[Act] = []

    def prepare(self, supervisor: Supervisor) -> None:
        for command in (("migrate", "--verbosity", "0"), ("apply_salon", str(SALON))):
            supervisor.start(command[0], self._python("manage.py", *command))
            if supervisor.children.pop(command[0]).wait():
                raise SystemExit(f"{command[0]} failed: see {self.log}.")

    def start(self, supervisor: Supervisor) -> None:
        calendar_port = port_of(self.calendar)
        sandbox = ("calcom_sandbox", "--port", str(calendar_port), "--salon", str(SALON))
        webhook = ("--webhook", f"{self.url}/calcom/webhook/{SLUG}/")
        # As Cal.com is, by the clock of the processes.
        latency = ("--latency-ms", str(LATENCY_MS // self.clock.speed))
        limit = ("--rate-limit", str(USUAL_LIMIT))
        bind = ("--bind", f"{HOST}:{self.port}")
        supervisor.start("calendar", self._python("manage.py", *sandbox, *webhook, *latency, *limit))
        supervisor.start("web server", self._python("-m", "gunicorn", f"{PROGRAMS}:application", *bind))
        supervisor.start("worker", self._python("-m", PROGRAMS, "qcluster"))
        ports = (self.port, calendar_port)
        if not supervisor.wait_until(lambda: all(listens(port, timeout=2) for port in ports)):
            raise KeyboardInterrupt
        self._warm_up()

    def live(self, night: Night, supervisor: Supervisor) -> tuple[Seen, list[str]]:
        """What was seen, and what is wrong of it."""
        said = self.log.stat().st_size
        line = self._line()
        living = Living(night, self.clock, line, _number(), pause=partial(_pause, supervisor))
        watch = living.live()
        line.close()
        self.acts += [*_promised(living), *living.callers.tally.booked]
        ended = [name for name, child in supervisor.children.items() if child.poll() is not None]
        wrong = [*(f"the {name} has ended" for name in ended), *self._wrong(said)]
        seen = looking.seen(living, watch, wrong=wrong)
        return seen, judge(seen)

    def _wrong(self, said: int) -> list[str]:
        return [
            *looking.untrue(self.acts, self.clock, self.calendar),
            *looking.findings(self.clock),
            *looking.by_the_servers_clock(self.begun, timezone.now()),
            *looking.loud(self.log, said),
        ]

    def _line(self) -> HttpLine:
        line = HttpLine(self.url, key=RETELL_KEY, now=self.clock.now)
        # The two seconds for which gunicorn keeps it open are over before anybody says the next sentence.
        line.session.headers["Connection"] = "close"
        return line

    def _python(self, *arguments: str) -> list[str]:
        return self.clock.wrapped([sys.executable, *arguments])

    def _warm_up(self) -> None:
        """The first request of each process loads everything: seconds, which are minutes here."""
        line = self._line()
        callers = Callers(line, _number(), self.clock.now())
        for _turn in range(8):
            callers.asks_for_services()
        line.close()


def _pause(supervisor: Supervisor, seconds: float) -> None:
    if supervisor.stopping.wait(seconds):
        raise KeyboardInterrupt


def _number() -> str:
    return str(Branch.objects.get(name="Mitte").phone_numbers.get().number)


def _promised(living: Living) -> list[Act]:
    """What the salon itself has booked beforehand."""
    return [
        Act("desk", What.BOOK, "book", mark, pk, datetime.fromisoformat(start), outcome=Outcome.DONE)
        for mark, pk, start in living.made["booked"]
    ]


def run(wanted: argparse.Namespace, *, var: Path, library: Path, calendar: dict[str, str]) -> int:
    """0: all is as it has to be; 1: something is not."""
    if wanted.broken:
        os.environ[VARIABLE] = wanted.broken
    one = Run(wanted, var=var, library=library, calendar=calendar)
    print(f"{len(one.nights)} nights, {one.clock.speed} times as fast; the log is {one.log}.", flush=True)
    lived: list[tuple[Seen, list[str]]] = []
    with supervised(one.log) as supervisor:
        one.prepare(supervisor)
        one.start(supervisor)
        for night in one.nights:
            print(f"{night.name} …", flush=True)
            seen, wrong = one.live(night, supervisor)
            lived.append((seen, wrong))
            print("\n".join([row(seen, wrong), *(f"  {each}" for each in wrong)]), flush=True)
    print(table(lived, took=timezone.now() - one.begun), flush=True)
    return 1 if any(wrong for _seen, wrong in lived) else 0
