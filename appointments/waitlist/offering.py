"""Offering free time in writing: whoever can write to customers registers here, the domain knows nobody."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from appointments.models import Staff, WaitlistEntry


class Writer(Protocol):
    def can_reach(self, entries: Sequence[WaitlistEntry]) -> Collection[int]:
        """The primary keys of those who can be written to. With a number of queries that does not depend on
        theirs.
        """

    def offer(self, entry: WaitlistEntry, *, staff: Staff, start: datetime, now: datetime) -> bool:
        """Writes to them, and notes it at the entry; False if this has been offered to them before, or they
        cannot be written to any more.
        """


_writers: list[Writer] = []


def register(writer: Writer) -> None:
    """Call it in ``AppConfig.ready()``."""
    _writers[:] = [writer]


def can_reach(entries: Sequence[WaitlistEntry]) -> Collection[int]:
    return _writers[0].can_reach(entries) if _writers and entries else ()


def offer(entry: WaitlistEntry, *, staff: Staff, start: datetime, now: datetime) -> bool:
    return bool(_writers) and _writers[0].offer(entry, staff=staff, start=start, now=now)
