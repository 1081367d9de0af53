"""One run, from an empty database to the verdict."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

from django.conf import settings
from django.db import connection
from django.utils import timezone

from appointments.models import Branch, Service, Staff
from config.demo.environment import SLUG
from tools.chaos import breaks, judging, rest, snapshot
from tools.chaos.api import Systems
from tools.chaos.crew import Actor, Crew
from tools.chaos.desk import Desk
from tools.chaos.diary import Diary
from tools.chaos.faults import Faults
from tools.chaos.journal import Journal
from tools.chaos.phone import Callers
from tools.chaos.plan import Fault, plan
from tools.chaos.probing import one_solver
from tools.chaos.report import Result
from tools.chaos.strangers import Strangers
from tools.chaos.watch import Felt, Watch, recoveries
from tools.evening.wishes import Wishes
from tools.stage.environment import MAILS
from tools.stage.system import System
from tools.stage.wire import Wire

PATIENCE = 8.0
CALLERS, SYSTEMS, DESKS, STRANGERS = 6, 2, 1, 1
QUEUES = 2
DAYS = 15
# Of the calendar's requests one in fifty fails in some way of the vendor's.
FAIL_RATE = 0.02
DRAIN_THREADS_SECONDS = 60.0
MODULE = "tools.chaos.broken"


def run(system: System, *, seed: int, seconds: float, bound: float, broken: str = "") -> Result:
    key, password = system.prepare()
    breaks.break_database(broken)
    connection.close()
    journal = Journal(settings.VAR_DIR / "answers.jsonl")
    system.start(queues=QUEUES, module=MODULE if broken else "", fail_rate=FAIL_RATE)
    crew = _crew(system, journal, key, password)
    watch = Watch(system)
    watch.start()
    try:
        with _at_work(crew, system, seed):
            felt, happened = _rage(system, journal, plan(seed, seconds=seconds), seconds)
        end = time.time()
        _let_live(system, until=watch.all_well, seconds=60)
        seconds_to_rest, restless = rest.come_to_rest(
            lambda pause: _let_live(system, seconds=pause), bound=bound
        )
    finally:
        watch.stop()
    result = Result(seed=seed, minutes=seconds / 60, broken=broken)
    result.faults = Counter(fault.kind for fault in happened)
    result.recoveries = recoveries(felt, dict(watch.samples), end=end)
    result.restarts = system.units.restarts
    result.rest_seconds = seconds_to_rest
    result.violations = [f"not at rest: {one}" for one in restless]
    _judge(system, crew, result, seed)
    journal.close()
    return result


def _crew(system: System, journal: Journal, key: str, password: str) -> Crew:
    return Crew(
        wire=Wire(system.url, patience=PATIENCE),
        journal=journal,
        diary=Diary(),
        stopping=threading.Event(),
        key=key,
        password=password,
        branches={SLUG: Branch.objects.get(company__slug=SLUG).pk},
        staff=dict(Staff.objects.filter(company__slug=SLUG).values_list("name", "pk")),
        services=dict(Service.objects.filter(company__slug=SLUG).values_list("name", "pk")),
    )


def _wishes(random: Random) -> Wishes:
    branch = Branch.objects.select_related("company").get(company__slug=SLUG)
    return Wishes(branch, random, first=timezone.localdate() + timedelta(days=2), days=DAYS)


@contextmanager
def _at_work(crew: Crew, system: System, seed: int) -> Iterator[None]:
    """All actors, each with chances of their own; afterwards all have ended their turn."""
    threads = [threading.Thread(target=actor.run, daemon=True) for actor in _actors(crew, system, seed)]
    connection.close()
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crew.stopping.set()
        until = time.monotonic() + DRAIN_THREADS_SECONDS
        for thread in threads:
            while thread.is_alive() and time.monotonic() < until:
                _let_live(system, seconds=0.5)
            if thread.is_alive():
                crew.journal.complain("Somebody has not come to the end of their turn.")


def _actors(crew: Crew, system: System, seed: int) -> Iterator[Actor]:
    kinds: list[type[Actor]] = [*[Callers] * CALLERS, *[Systems] * SYSTEMS, *[Desk] * DESKS]
    for number, kind in enumerate(kinds):
        random = Random(f"{seed} {number}")  # noqa: S311 - plausible, not secret
        yield kind(crew, random, _wishes(random))
    calendar = Wire(system.calendar["CALCOM_API_URL"], patience=PATIENCE)
    for number in range(STRANGERS):
        random = Random(f"{seed} stranger {number}")  # noqa: S311 - plausible, not secret
        key = system.calendar["CALCOM_API_KEY"]
        yield Strangers(crew, random, _wishes(random), calendar=calendar, key=f"{key}-page")


def _rage(
    system: System, journal: Journal, faults: list[Fault], seconds: float
) -> tuple[list[Felt], list[Fault]]:
    """Everything that is planned, in its time; what lasts is over at the end of its time."""
    begun = time.monotonic()
    breaker = Faults(system)
    felt: list[Felt] = []
    endings: list[tuple[float, Fault, Callable[[], None]]] = []

    def elapsed() -> float:
        return time.monotonic() - begun

    def end_what_is_over(now: float) -> None:
        for ending in [one for one in endings if one[0] <= now]:
            endings.remove(ending)
            ending[2]()
            felt.append(Felt(ending[1].kind, journal.note_fault(ending[1].kind, ends=True)))

    for fault in faults:
        while elapsed() < fault.at:
            soonest = min([fault.at, *(one[0] for one in endings)])
            _let_live(system, seconds=max(0.0, soonest - elapsed()))
            end_what_is_over(elapsed())
        at = journal.note_fault(fault.kind)
        over = breaker.begin(fault)
        if over is None:
            felt.append(Felt(fault.kind, at))
        else:
            endings.append((fault.at + fault.lasts, fault, over))
    while elapsed() < seconds or endings:
        _let_live(system, seconds=0.5)
        end_what_is_over(elapsed())
    return felt, faults


def _let_live(system: System, *, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    """Units that end are started again meanwhile."""
    end = time.monotonic() + seconds
    if not system.units.wait_until(lambda: until() or time.monotonic() >= end):
        raise KeyboardInterrupt


def _judge(system: System, crew: Crew, result: Result, seed: int) -> None:
    now = timezone.now()
    acts, calendar = crew.journal.acts, Wire(system.calendar["CALCOM_API_URL"], patience=60)
    rows = snapshot.rows_of(snapshot.exported())
    there = snapshot.bookings(calendar, system.calendar["CALCOM_API_KEY"], now)
    ids, uids, result.cases = snapshot.told()
    letters = snapshot.letters(settings.VAR_DIR / MAILS)
    found, result.expected = snapshot.findings()
    result.answers = crew.journal.by_outcome()
    result.deliveries = Counter(end for act in acts for end in act.deliveries)
    result.appointments = Counter(row.status for row in rows)
    result.in_calendar = sum(one.stands for one in there)
    result.letters = Counter(one.state for one in letters)
    random = Random(f"{seed} probes")  # noqa: S311 - plausible, not secret
    result.violations += [
        *crew.journal.wrong,
        *judging.judge(acts, rows),
        *judging.compare_calendar(snapshot.wanted_places(now), there, told=ids, told_uids=uids),
        *judging.compare_mail(letters),
        *found,
        *one_solver(crew, _wishes(random)),
    ]
