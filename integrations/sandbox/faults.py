"""Faults to order: what a test or a call script wants to go wrong next."""

import threading
from dataclasses import dataclass
from random import Random
from typing import Any

from integrations.sandbox.errors import NestError
from integrations.sandbox.validation import is_integer

# What each does is said in the package's docstring.
NAMES = frozenset(
    {
        "timeout_before",
        "timeout_after",
        "error_before",
        "error_after",
        "cut_before",
        "cut_after",
        "refused",
        "refused_although_booked",
        "shifted",
        "other_host",
        "malformed",
        "not_found",
        "rate_limited",
        "unauthorized",
        "slow",
    }
)
# What --fail-rate mixes.
RANDOM_NAMES = ("error_before", "error_after", "cut_before", "cut_after", "malformed")


@dataclass(slots=True)
class Fault:
    """``operation`` and ``event_type`` ``None``: any. ``skip`` requests are let through first.
    ``times`` ``None``: until cleared. ``ms`` is for slow, ``seconds`` for timeouts.
    """

    fault: str
    operation: str | None = None
    event_type: int | None = None
    times: int | None = 1
    skip: int = 0
    minutes: int = 30
    host: int | None = None
    ms: int = 1000
    seconds: float = 60
    status: int = 400
    message: str | None = None

    def __post_init__(self) -> None:
        if self.fault not in NAMES:
            raise ValueError(f"There is no fault “{self.fault}”. There are: {', '.join(sorted(NAMES))}.")

    def fits(self, operation: str, event_type: int | None) -> bool:
        return self.operation in (None, operation) and self.event_type in (None, event_type)


class Faults:
    """A queue: of the faults that fit a request, the oldest is taken. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: str, operation: str | None = None, **facts: Any) -> Fault:
        """For example ``faults.add("timeout_after", "create", event_type=3001, times=2)``."""
        added = Fault(fault=fault, operation=operation, **facts)
        with self._lock:
            self._waiting.append(added)
        return added

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._waiting)

    def take(self, operation: str, event_type: int | None) -> Fault | None:
        with self._lock:
            for fault in self._waiting:
                if not fault.fits(operation, event_type):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times < 1:
                        self._waiting.remove(fault)
                return fault
        return None


def by_chance(random: Random, rate: float) -> Fault | None:
    return Fault(random.choice(RANDOM_NAMES)) if rate and random.random() < rate else None


def read(document: Any) -> dict[str, Any]:
    """A fault as the control surface takes it; raises ``NestError``."""
    if not isinstance(document, dict) or not isinstance(document.get("fault"), str):
        raise NestError(400, "A fault is an object with at least “fault”.")
    known = set(Fault.__dataclass_fields__)
    if set(document) - known:
        raise NestError(400, f"A fault has these keys: {', '.join(sorted(known))}.")
    if document["fault"] not in NAMES:
        raise NestError(400, f"These faults exist: {', '.join(sorted(NAMES))}.")
    if not all(is_integer(document[key]) for key in ("skip", "minutes", "ms", "status") if key in document):
        raise NestError(400, "skip, minutes, ms and status are whole numbers.")
    return document
