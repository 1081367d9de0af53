"""Preparing a stage and starting its programs."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from appointments.models import ApiToken, Branch, Company
from config.demo import calendar as demo_calendar
from config.demo.account import ensure_account
from config.demo.environment import SLUG
from config.demo.ports import HOST, listens
from integrations.models import Messaging
from tools.stage.postgres import Postgres
from tools.stage.telephone import Line
from tools.stage.units import Units
from tools.stage.wire import NoAnswer, Wire

SALON, SECOND_SALON = Path("config/demo/salon.yaml"), Path("config/demo/replay.yaml")
NUMBER, SECOND_NUMBER = "+49301234501", "+49301234502"
WEB, CALENDAR = "web", "calendar"
UP_SECONDS = 60.0


class NotUp(Exception):
    """The system did not come up in time."""


class System:
    """``queues``: their names. The tables and both demo salons are there, without appointments."""

    def __init__(self, units: Units, postgres: Postgres, calendar: dict[str, str], *, port: int) -> None:
        self.units = units
        self.postgres = postgres
        self.calendar = calendar
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self.queues: list[str] = []

    def prepare(self) -> tuple[str, str]:
        """A key for the API and the password of the account ``demo``."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        for salon in (SALON, SECOND_SALON):
            call_command("apply_salon", str(salon), verbosity=0)
        branch = Branch.objects.get(company__slug=SLUG, active=True)
        Messaging.objects.get_or_create(branch=branch, defaults={"daily_limit": 1000})
        company = Company.objects.get(slug=SLUG)
        _token, key = ApiToken.objects.issue(company=company, name="stage", now=timezone.now())
        password = ensure_account(settings.VAR_DIR / "account.json")
        connection.close()
        return key, password

    def start(self, *, queues: int, module: str = "", fail_rate: float = 0.0) -> None:
        """``module``: has an ``application`` and, run as a program, the command ``qcluster``; ours if
        empty.
        """
        python = sys.executable
        sandbox = demo_calendar.command(self.calendar, salon=SALON, web_port=self.port)
        self.units.start(CALENDAR, [*sandbox, "--fail-rate", str(fail_rate)])
        application = module or "config.wsgi"
        bind = f"{HOST}:{self.port}"
        self.units.start(WEB, [python, "-m", "gunicorn", application, "--bind", bind])
        program = ["-m", module] if module else ["manage.py"]
        for number in range(queues):
            name = f"queue {number + 1}"
            self.units.start(name, [python, *program, "qcluster"])
            self.queues.append(name)
        self.wait_until_up()

    def wait_until_up(self) -> None:
        until = time.monotonic() + UP_SECONDS
        if not self.units.wait_until(lambda: self.answers() or time.monotonic() > until):
            raise KeyboardInterrupt
        if not self.answers():
            raise NotUp(f"The web server does not answer within {UP_SECONDS:.0f} s.")

    def answers(self) -> bool:
        """Both the calendar listens and a caller is answered."""
        calendar_port = demo_calendar.port_of(self.calendar)
        return listens(calendar_port, timeout=1) and caller_is_answered(Wire(self.url, patience=3))


def caller_is_answered(wire: Wire) -> bool:
    try:
        reply = Line(wire, NUMBER, None).ask("list_services")
    except NoAnswer:
        return False
    return bool(reply["status"] == "found")


@contextmanager
def units_of(log: Path) -> Iterator[Units]:
    """Everything started inside has ended afterwards."""
    with log.open("ab") as file:
        units = Units(file)
        try:
            yield units
        finally:
            units.stop_all()
