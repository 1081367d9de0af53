"""The three measurements."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from appointments.availability import Request, free_starts
from appointments.models import Appointment, Branch, Service, Staff
from config.demo.environment import SLUG
from tools.evening.wishes import Wishes
from tools.load.callers import Caller, busy_until
from tools.load.memory import megabytes
from tools.load.timing import Times, together
from tools.stage.system import NUMBER, System
from tools.stage.telephone import Line
from tools.stage.wire import Wire

PATIENCE = 60.0
DAYS = 60
LEVELS = (1, 2, 4, 8, 16, 32, 64)
# More clients that bring less than this are saturation.
GAIN = 1.05
CALLERS_AT_ONCE = 100
SLOTS = 5
CALLS, SPACING = 60, (20.0, 60.0)


@dataclass
class Level:
    clients: int
    per_second: float
    times: Times
    memory: dict[str, float]


def throughput(system: System, *, seconds: float, told: Callable[[str], None]) -> list[Level]:
    """Twice as many clients each time, until that brings nothing more."""
    found: list[Level] = []
    for clients in LEVELS:
        level = _level(system, clients, seconds)
        found.append(level)
        told(f"{clients} clients: {level.per_second:.1f} requests/s, p95 {level.times.percentile(95):.0f} ms")
        if _is_saturated(found):
            break
    return found


def _is_saturated(levels: list[Level]) -> bool:
    """Neither of the last two has brought anything."""
    if len(levels) < 4:
        return False
    best = max(level.per_second for level in levels[:-2])
    return all(level.per_second < best * GAIN for level in levels[-2:])


def _level(system: System, clients: int, seconds: float) -> Level:
    times, ended = Times(), threading.Event()
    timer = threading.Timer(seconds, ended.set)
    callers = [_caller(system, times, number, lambda: None) for number in range(clients)]
    memory: dict[str, float] = {}
    looking = threading.Timer(seconds * 0.8, lambda: memory.update(megabytes(system)))
    began = time.perf_counter()
    timer.start()
    looking.start()
    together([busy_until(caller, ended) for caller in callers])
    took = time.perf_counter() - began
    looking.join()
    return Level(clients, len(times.answers) / took, times, memory)


def _caller(system: System, times: Times, number: int, pause: Callable[[], object]) -> Caller:
    random = Random(f"load {number}")  # noqa: S311 - plausible, not secret
    branch = Branch.objects.select_related("company").get(company__slug=SLUG)
    wishes = Wishes(branch, random, first=timezone.localdate() + timedelta(days=3), days=DAYS)
    return Caller(Wire(system.url, patience=PATIENCE, connecting=PATIENCE), times, random, wishes, pause)


@dataclass
class OneSlot:
    """A hundred at once for the same perm, several times. ``wrong``: what is otherwise than it must be."""

    times: Times = field(default_factory=Times)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def one_slot(system: System) -> OneSlot:
    found = OneSlot()
    branch = Branch.objects.select_related("company").get(company__slug=SLUG)
    staff = Staff.objects.select_related("branch__company").get(company__slug=SLUG, name="Emma Keller")
    perm = Service.objects.get(company__slug=SLUG, name="Dauerwelle")
    wire = Wire(system.url, patience=PATIENCE, connecting=PATIENCE)
    day = timezone.localdate() + timedelta(days=DAYS + 10)
    for number in range(SLOTS):
        request = Request(branch=branch, service=perm, staff=staff, now=timezone.now())
        starts = free_starts(request, first=day, last=day + timedelta(days=6))
        start = starts[0].start.astimezone(branch.zone)
        wish = {
            "datum": f"{start:%Y-%m-%d}",
            "uhrzeit": f"{start:%H:%M}",
            "dienstleistung": perm.name,
            "mitarbeiter": staff.first_name,
            "name": "Jana Probst",
        }
        _rush(wire, number, wish, found)
        rows = Appointment.objects.blocking().filter(staff=staff, starts_at=start)
        if rows.count() != 1:
            found.wrong.append(f"{rows.count()} appointments stand at {start}")
    return found


def _rush(wire: Wire, number: int, wish: dict[str, str], found: OneSlot) -> None:
    replies: list[Any] = []

    def one(caller: int) -> Callable[[], None]:
        line = Line(wire, NUMBER, f"+49152{number:02d}{caller:06d}")
        return lambda: replies.append(found.times.ask(line, "start_booking", **wish))

    began = time.perf_counter()
    together([one(caller) for caller in range(CALLERS_AT_ONCE)])
    found.seconds.append(time.perf_counter() - began)
    statuses = Counter(reply["status"] if reply else "no answer" for reply in replies)
    if statuses != {"booked": 1, "slot_taken": CALLERS_AT_ONCE - 1}:
        found.wrong.append(f"answers: {dict(statuses)}")
    if any(reply and reply["status"] == "slot_taken" and not reply["alternatives"] for reply in replies):
        found.wrong.append("somebody heard of no alternative")


@dataclass
class Evening:
    factor: float
    times: Times
    seconds: float
    booked: int
    memory: dict[str, float]


def parallel_calls(system: System, *, factor: float) -> Evening:
    """Sixty calls at the same time, each of six function calls; what people think is ``factor`` times
    shorter than it is.
    """
    times, booked = Times(), []
    random = Random("evening")  # noqa: S311 - plausible, not secret

    def one(number: int) -> Callable[[], None]:
        seconds = [random.uniform(*SPACING) / factor for _pause in range(20)]
        caller = _caller(system, times, 1000 + number, lambda: time.sleep(seconds.pop()))

        def work() -> None:
            time.sleep(seconds.pop())
            booked.append(caller.call(cancels=False))

        return work

    work = [one(number) for number in range(CALLS)]
    began = time.perf_counter()
    together(work)
    took = time.perf_counter() - began
    return Evening(factor, times, took, len([one for one in booked if one]), megabytes(system))
