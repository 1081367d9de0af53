"""Doing what the plan says, to processes chosen by it."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

import psutil

from tools.chaos.plan import Fault, Kind
from tools.stage.system import CALENDAR, WEB, System

# What ends a fault that lasts.
Ending = Callable[[], None]


class Faults:
    """All in the main thread: units are started there."""

    def __init__(self, system: System) -> None:
        self.system = system
        postgres = system.postgres
        self._acts: dict[Kind, Callable[[Fault], Ending | None]] = {
            Kind.WEB_WORKER_KILLED: lambda fault: _kill(self._web_worker(fault)),
            Kind.WEB_KILLED: lambda _fault: _kill(self._unit(WEB)),
            Kind.WEB_WORKER_STOPPED: lambda fault: _stop(self._web_worker(fault)),
            Kind.QUEUE_PART_KILLED: lambda fault: _kill(self._part_of_queue(fault)),
            Kind.QUEUE_SENTINEL_KILLED: lambda fault: _kill(self._sentinel(fault)),
            Kind.QUEUE_KILLED: lambda fault: _kill_group(self._unit(self._queue(fault))),
            Kind.QUEUE_PART_STOPPED: lambda fault: _stop(self._part_of_queue(fault)),
            Kind.CALENDAR_KILLED: lambda _fault: _kill(self._unit(CALENDAR)),
            Kind.CALENDAR_AWAY: lambda _fault: self._send_calendar_away(),
            Kind.POSTGRES_FAST: lambda _fault: postgres.restart("fast"),
            Kind.POSTGRES_IMMEDIATE: lambda _fault: postgres.restart("immediate"),
            Kind.POSTGRES_KILLED: lambda _fault: postgres.kill(),
            Kind.BACKEND_KILLED: lambda fault: _kill(_one_of(postgres.backends(), fault.choice)),
            Kind.CONNECTIONS_DROPPED: self._drop_connections,
        }

    def begin(self, fault: Fault) -> Ending | None:
        """What it may hit can be away already: some faults come while another is felt."""
        return self._acts[fault.kind](fault)

    def _drop_connections(self, fault: Fault) -> None:
        backends = self.system.postgres.backends()
        self.system.postgres.drop_connections(backends[: max(1, round(len(backends) * fault.choice))])

    def _send_calendar_away(self) -> Ending | None:
        units = self.system.units
        if CALENDAR not in units.children:
            return None
        units.stop(CALENDAR)
        return lambda: units.start(CALENDAR)

    def _unit(self, name: str) -> int | None:
        child = self.system.units.children.get(name)
        return child.pid if child else None

    def _queue(self, fault: Fault) -> str:
        queues = self.system.queues
        return queues[int(fault.choice * 1000) % len(queues)]

    def _web_worker(self, fault: Fault) -> int | None:
        return _one_of(_children(self._unit(WEB)), fault.choice)

    def _sentinel(self, fault: Fault) -> int | None:
        return _one_of(_children(self._unit(self._queue(fault))), 0)

    def _part_of_queue(self, fault: Fault) -> int | None:
        """A worker, the one that fetches tasks, or the one that stores results."""
        return _one_of(_children(self._sentinel(fault)), fault.choice)


def _children(pid: int | None) -> list[int]:
    if pid is not None:
        with suppress(psutil.NoSuchProcess):
            return sorted(child.pid for child in psutil.Process(pid).children())
    return []


def _one_of(pids: list[int], choice: float) -> int | None:
    return pids[min(int(choice * len(pids)), len(pids) - 1)] if pids else None


def _kill(pid: int | None) -> None:
    _send(pid, signal.SIGKILL)


def _kill_group(pid: int | None) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _stop(pid: int | None) -> Ending | None:
    if pid is None:
        return None
    _send(pid, signal.SIGSTOP)
    return lambda: _send(pid, signal.SIGCONT)


def _send(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
