"""Requests with their times."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from tools.stage.telephone import Line
from tools.stage.wire import NoAnswer

Reply = dict[str, Any]


@dataclass
class Times:
    """Milliseconds of each answer. Thread-safe. ``errors``: no answer, or one that is an accident of ours."""

    answers: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, line: Line, function: str, **args: Any) -> Reply | None:
        began = time.perf_counter()
        try:
            reply = line.ask(function, **args)
        except NoAnswer as error:
            with self._lock:
                self.errors[str(error)] += 1
            return None
        took = (time.perf_counter() - began) * 1000
        with self._lock:
            self.answers.append(took)
            self.statuses[reply["status"]] += 1
            if reply["status"] in {"error", "unknown_function", "unknown_number"}:
                self.errors[reply["status"]] += 1
        return reply

    def percentile(self, percent: int) -> float:
        if len(self.answers) < 2:
            return self.answers[0] if self.answers else 0.0
        return quantiles(self.answers, n=100, method="inclusive")[percent - 1]

    @property
    def longest(self) -> float:
        return max(self.answers, default=0.0)


def together(work: list[Any]) -> None:
    """Each in a thread of its own, all begun at once; waits for all."""
    barrier = threading.Barrier(len(work))

    def begin(one: Any) -> None:
        barrier.wait()
        one()

    threads = [threading.Thread(target=begin, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
