"""What goes wrong and when: the same for the same seed."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

# Seconds from one fault to the next: long enough to see the end of most.
SHORTEST, LONGEST = 8.0, 14.0
# Nothing goes wrong in the first seconds.
QUIET = 5.0


class Kind(StrEnum):
    WEB_WORKER_KILLED = "web worker killed"
    WEB_KILLED = "web master killed"
    WEB_WORKER_STOPPED = "web worker stopped a while"
    QUEUE_PART_KILLED = "part of a queue killed"
    QUEUE_SENTINEL_KILLED = "sentinel of a queue killed"
    QUEUE_KILLED = "whole queue killed"
    QUEUE_PART_STOPPED = "part of a queue stopped a while"
    CALENDAR_KILLED = "calendar killed"
    CALENDAR_AWAY = "calendar away for long"
    POSTGRES_FAST = "PostgreSQL restarted"
    POSTGRES_IMMEDIATE = "PostgreSQL crashed"
    POSTGRES_KILLED = "PostgreSQL killed"
    BACKEND_KILLED = "session of PostgreSQL killed"
    CONNECTIONS_DROPPED = "connections dropped"


# What of a salon a fault may be felt in: ``watch`` looks there.
FELT_BY = {
    Kind.WEB_WORKER_KILLED: ("phone",),
    Kind.WEB_KILLED: ("phone",),
    Kind.WEB_WORKER_STOPPED: ("phone",),
    Kind.QUEUE_PART_KILLED: ("queue",),
    Kind.QUEUE_SENTINEL_KILLED: ("queue",),
    Kind.QUEUE_KILLED: ("queue",),
    Kind.QUEUE_PART_STOPPED: ("queue",),
    Kind.CALENDAR_KILLED: ("calendar",),
    Kind.CALENDAR_AWAY: ("calendar",),
    Kind.POSTGRES_FAST: ("phone", "queue"),
    Kind.POSTGRES_IMMEDIATE: ("phone", "queue"),
    Kind.POSTGRES_KILLED: ("phone", "queue"),
    Kind.BACKEND_KILLED: ("phone", "queue"),
    Kind.CONNECTIONS_DROPPED: ("phone", "queue"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """``at``: seconds from the beginning; ``lasts``: 0 if it is over at once; ``choice``: 0 to 1, which of
    several it hits.
    """

    at: float
    kind: Kind
    lasts: float
    choice: float


def plan(seed: int, *, seconds: float) -> list[Fault]:
    """Every kind once in some order, then every kind again, and so on; all are over after ``seconds``."""
    random = Random(f"chaos {seed}")  # noqa: S311 - nothing secret
    faults: list[Fault] = []
    at = QUIET
    turn: list[Kind] = []
    while True:
        at += random.uniform(SHORTEST, LONGEST)
        if not turn:
            turn = random.sample(list(Kind), len(Kind))
        kind = turn.pop()
        lasts = _lasts(kind, random, seconds)
        choice = random.random()
        if at + LONGEST > seconds:
            return faults
        if at + lasts < seconds:
            faults.append(Fault(at, kind, lasts, choice))


def _lasts(kind: Kind, random: Random, seconds: float) -> float:
    """A calendar is away for one to two minutes, in a short run for a quarter of it. One stopped process in
    four is stopped for longer than any claim lasts.
    """
    if kind is Kind.CALENDAR_AWAY:
        return min(random.uniform(60, 120), seconds / 4)
    if kind is Kind.WEB_WORKER_STOPPED:
        return random.uniform(3, 15)
    if kind is Kind.QUEUE_PART_STOPPED:
        return min(random.choice([5.0, 10.0, 20.0, 100.0]), seconds / 4)
    return 0.0
