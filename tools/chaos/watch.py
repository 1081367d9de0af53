"""Three probes that never rest: is a caller answered, is a task done, does the calendar answer?"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import DatabaseError, connection
from django_q.tasks import async_task, result

from config.demo.calendar import port_of
from config.demo.ports import listens
from tools.chaos.plan import FELT_BY, Kind
from tools.stage.system import System, caller_is_answered
from tools.stage.wire import Wire

PAUSE_SECONDS = 0.2
# What takes longer than this is felt.
PATIENCE = 3.0
# Does nothing, and leaves its result where it can be found.
TASK = "django.utils.timezone.now"


class Sample(NamedTuple):
    """In seconds of ``time.time()``."""

    began: float
    ended: float
    ok: bool


class Felt(NamedTuple):
    """A fault as it happened; ``at``: when it was over, for one that lasted."""

    kind: Kind
    at: float


class Watch:
    def __init__(self, system: System) -> None:
        self.system = system
        self.samples: dict[str, list[Sample]] = {"phone": [], "queue": [], "calendar": []}
        self._stopping = threading.Event()
        probes: dict[str, Callable[[], bool]] = {
            "phone": self._phone,
            "queue": _queue,
            "calendar": self._calendar,
        }
        self._threads = [threading.Thread(target=self._probe, args=pair) for pair in probes.items()]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def all_well(self) -> bool:
        return all(rows and rows[-1].ok for rows in self.samples.values())

    def _probe(self, name: str, probe: Callable[[], bool]) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            began = time.time()
            answered = probe()
            ended = time.time()
            self.samples[name].append(Sample(began, ended, answered and ended - began < PATIENCE))

    def _phone(self) -> bool:
        return caller_is_answered(Wire(self.system.url, patience=PATIENCE))

    def _calendar(self) -> bool:
        return listens(port_of(self.system.calendar), timeout=PATIENCE)


def _queue() -> bool:
    try:
        task = async_task(TASK)
        return result(task, wait=int(PATIENCE * 1000)) is not None
    except DatabaseError:
        connection.close()
        return False


def recovery(felt: Felt, samples: dict[str, Sequence[Sample]], *, until: float) -> float:
    """Seconds from the fault until it was felt for the last time before ``until``; 0: it was not."""
    last = felt.at
    for name in FELT_BY[felt.kind]:
        bad = [
            one.ended for one in samples[name] if not one.ok and felt.at <= one.ended and one.began < until
        ]
        last = max([last, *bad])
    return last - felt.at


def recoveries(
    faults: Sequence[Felt], samples: dict[str, Sequence[Sample]], *, end: float
) -> dict[str, float]:
    """The longest of each kind. What is felt after the next fault of the same part is that one's."""
    longest: dict[str, float] = {}
    for felt in faults:
        parts = set(FELT_BY[felt.kind])
        later = [one.at for one in faults if one.at > felt.at and parts & set(FELT_BY[one.kind])]
        seconds = recovery(felt, samples, until=min(later, default=end))
        longest[felt.kind] = max(longest.get(felt.kind, 0.0), seconds)
    return longest
