"""``python -m tools.bench.peer``: beside django-appointment, which a Django team would pick instead, and beside
the floor: one run, the same appointments, the same PostgreSQL, operations in turn. Needs the package index once.
"""

from tools.bench import __main__ as bench  # noqa: F401, I001 - first of all: it sets Django up

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Any

import psycopg
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import sql

from appointments.access import Role
from appointments.models import ApiToken, Appointment, Branch, Membership, Service
from tools.bench import data, floor
from tools.bench.data import ZONE
from tools.bench.measures import Bench, _connection_facts
from tools.bench.peer_page import PAGE, Row, chapter, with_chapter

FOLDER = Path("var/bench/peer")
PYTHON = FOLDER / "bin" / "python"
REQUIREMENTS = Path("tools/bench/peer_side/requirements.txt")
DATABASE = "terminfest_peer"
APPOINTMENTS = 10_000
ROUNDS, WARM_UP, AT_ONCE = 12, 2, 20
# Of a page of the peer's that takes seconds.
PAGES = 2
Facts = dict[str, Any]


class Other:
    """The peer, in its own process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, do: str, **told: Any) -> Facts:
        assert self._process.stdin is not None  # noqa: S101 - opened below
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(json.dumps({"do": do, **told}) + "\n")
        self._process.stdin.flush()
        answer: Facts = json.loads(self._process.stdout.readline())
        return answer


@dataclass
class Ours:
    """The same three operations through our addresses, without the network."""

    setup: Bench
    owner: Client
    key: str

    def availability(self, staff: int, day: str) -> int:
        asked = {
            "service": self.setup.service.pk,
            "staff": self.setup.staff[staff].pk,
            "from": day,
            "to": day,
        }
        answer = self.api().get("/api/v1/availability/", asked)
        return len(answer.json()["results"])

    def book(self, staff: int, start: str, client: Client | None = None) -> bool:
        wish = {
            "service": self.setup.service.pk,
            "staff": self.setup.staff[staff].pk,
            "starts_at": start,
            "customer_name": "Jana Probst",
        }
        answer = (client or self.api()).post(
            "/api/v1/appointments/", json.dumps(wish), content_type="application/json"
        )
        return bool(answer.status_code == 201)

    def page(self, day: str) -> int:
        """What a screen asks for: the page, and the blocks of the day."""
        asked = {"day": day, "branch": self.setup.branch.pk}
        answers = [self.owner.get(path, asked) for path in ("/admin/planner/", "/admin/planner/feed/")]
        if any(answer.status_code != 200 for answer in answers):
            raise RuntimeError([answer.status_code for answer in answers])
        return sum(len(answer.content) for answer in answers)

    def race(self, staff: int, start: str) -> Facts:
        barrier = Barrier(AT_ONCE)

        def one(_number: int) -> bool:
            barrier.wait()
            try:
                return self.book(staff, start)
            finally:
                connection.close()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = sum(pool.map(one, range(AT_ONCE)))
        at = datetime.fromisoformat(start)
        rows = Appointment.objects.blocking().filter(staff=self.setup.staff[staff], starts_at=at)
        return {"told": told, "stand": rows.count()}

    def api(self) -> Client:
        return Client(headers={"host": "localhost", "authorization": f"Bearer {self.key}"})


def main() -> int:
    if problem := install():
        print(f"The peer is left out: {problem}")
        return 0
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    now = timezone.localtime()
    (branch,) = data.load(appointments=APPOINTMENTS, now=now)
    setup = Bench(branch, now)
    _token, key = ApiToken.objects.issue(company=branch.company, name="bench", now=now)
    ours = Ours(setup, _owner(branch), key)
    with beside() as other:
        other("load", rows=str(_rows(setup)), people=len(setup.staff))
        rows = [*_measured(ours, other, setup), *_correct(ours, other, now)]
    page = with_chapter(PAGE.read_text(encoding="utf-8"), chapter(rows, day=now.date(), rounds=ROUNDS))
    PAGE.write_text(page, encoding="utf-8")
    print(chapter(rows, day=now.date(), rounds=ROUNDS))
    return 0


def install() -> str:
    """Once, into a virtual environment of its own; afterwards it works offline. Why it cannot be, or nothing."""
    if PYTHON.exists() and not _run(str(PYTHON), "-c", "import appointment.apps, psycopg"):
        return ""
    _run(sys.executable, "-m", "venv", str(FOLDER))
    if _run(str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)):
        return "django-appointment cannot be installed here, is the package index in reach?"
    return ""


def _run(*command: str) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode


@contextmanager
def beside() -> Iterator[Other]:
    """On a database of its own, on the same server."""
    facts = _connection_facts()
    with psycopg.connect(**facts, autocommit=True) as server:
        for statement in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
            server.execute(sql.SQL(statement).format(sql.Identifier(DATABASE)))
    environment = {
        "PATH": os.environ["PATH"],
        "PEER_DATABASE": DATABASE,
        "PEER_HOST": str(facts["host"]),
        "PEER_PORT": str(facts.get("port", 5432)),
        "PEER_USER": str(facts["user"]),
        "PEER_PASSWORD": str(facts.get("password", "")),
    }
    process = subprocess.Popen(
        [str(PYTHON), "-m", "tools.bench.peer_side"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Other(process)
    finally:
        process.kill()
        process.wait()


def _rows(setup: Bench) -> Path:
    """Stylist and wall-clock start of every appointment, for the other side."""
    path = FOLDER / "appointments.csv"
    places = {staff.pk: place for place, staff in enumerate(setup.staff)}
    rows = Appointment.objects.filter(branch=setup.branch).order_by("pk").values_list("staff", "starts_at")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for staff, start in rows:
            writer.writerow([places[staff], start.astimezone(ZONE).replace(tzinfo=None).isoformat()])
    return path


def _owner(branch: Branch) -> Client:
    User.objects.filter(username="bench-owner").delete()
    user = User.objects.create_user("bench-owner", password=None, is_staff=True)
    Membership.objects.create(user=user, company=branch.company, role=Role.OWNER)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def _measured(ours: Ours, other: Other, setup: Bench) -> Iterator[Row]:
    day = (setup.now + timedelta(days=7)).date().isoformat()
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZONE)
    yield _row(
        "what is free with one stylist on one day",
        lambda: ours.availability(0, day),
        lambda count: other("availability", staff=0, day=day, count=count),
        lambda: floor.day_of_one(setup.bare, setup.staff[0].pk, midnight),
    )
    slots = iter([next(setup.slots) for _number in range(3 * (ROUNDS + WARM_UP) + 9)])
    places = {staff.pk: place for place, staff in enumerate(setup.staff)}

    def mine() -> None:
        staff, start = next(slots)
        if not ours.book(places[staff.pk], start.isoformat()):
            raise RuntimeError(start)

    def theirs(count: bool) -> Facts:  # noqa: FBT001 - whether statements are counted
        staff, start = next(slots)
        local = start.astimezone(ZONE).replace(tzinfo=None).isoformat()
        answer = other("book", staff=places[staff.pk], start=local, count=count)
        if not answer["booked"]:
            raise RuntimeError(start)
        return answer

    def bare() -> None:
        staff, start = next(slots)
        facts = setup.floor_facts(staff)
        floor.book(setup.bare, facts, start, floor.hold(setup.bare, facts, start))

    yield _row("booking one appointment", mine, theirs, bare)
    yield _row(
        "the staff's calendar: ours of a day with eight stylists, the peer's of one stylist",
        lambda: ours.page(day),
        lambda count: other("page", count=count),
        lambda: floor.day_of_all(setup.bare, setup.branch.pk, midnight),
        rounds=PAGES,
    )


def _row(
    name: str,
    mine: Callable[[], Any],
    theirs: Callable[[bool], Facts],
    bare: Callable[[], Any],
    *,
    rounds: int = WARM_UP + ROUNDS,
) -> Row:
    took: tuple[list[float], list[float], list[float]] = ([], [], [])
    for turn in range(rounds):
        each = (_milliseconds(mine), theirs(False)["ms"], _milliseconds(bare))
        if turn >= min(WARM_UP, rounds - 1):
            for kept, one in zip(took, each, strict=True):
                kept.append(one)
    with CaptureQueriesContext(connection) as queries:
        mine()
    return Row(
        name, *(median(each) for each in took), queries=len(queries), their_queries=theirs(True)["queries"]
    )


def _milliseconds(operation: Callable[[], Any]) -> float:
    began = perf_counter()
    operation()
    return (perf_counter() - began) * 1000


def _correct(ours: Ours, other: Other, now: datetime) -> Iterator[Row]:
    """One slot and twenty who want it; then half an hour into what is booked."""
    evening = (now + timedelta(days=60)).replace(hour=18, minute=0, second=0, microsecond=0)
    later = evening + timedelta(minutes=30)
    local = evening.replace(tzinfo=None).isoformat()
    mine, theirs = ours.race(0, evening.isoformat()), other("race", staff=0, start=local, at_once=AT_ONCE)
    yield Row.of(f"{AT_ONCE} at once want one slot: told that they have it", mine["told"], theirs["told"])
    yield Row.of("of these stand in the database", mine["stand"], theirs["stand"])
    overlaps = ours.book(0, later.isoformat())
    their_overlaps = other("book", staff=0, start=later.replace(tzinfo=None).isoformat())["booked"]
    yield Row.of("half an hour into a booked one is booked as well", _said(overlaps), _said(their_overlaps))
    yield Row.of("a service with a gap in which the next one begins", *_gap(ours, now))


def _gap(ours: Ours, now: datetime) -> tuple[str, str]:
    """A perm, and a service that fits into its first gap, with one stylist."""
    setup, start = ours.setup, (now + timedelta(days=61)).replace(hour=18, minute=0, second=0, microsecond=0)
    company = setup.branch.company
    perm, cut = Service.objects.get(company=company, name="Dauerwelle"), setup.service
    fits = Service.objects.create(company=company, name="Tönung", price="10.00")
    fits.phases.create(position=1, minutes=15, busy=True)
    done = []
    for service, at in ((perm, start), (fits, start + timedelta(minutes=50))):
        setup.service = service
        done.append(ours.book(0, at.isoformat()))
    setup.service = cut
    return _said(all(done)), "cannot be said"


def _said(yes: bool) -> str:  # noqa: FBT001 - a word for a table
    return "yes" if yes else "no"


if __name__ == "__main__":
    sys.exit(main())
