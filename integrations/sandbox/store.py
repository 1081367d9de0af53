"""The sandbox's memory: dictionaries, written through to a small SQLite file if there is one.

A file survives the end of the process, not of the machine: nothing is synced to the disk.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from integrations.sandbox.records import (
    Booking,
    Record,
    Reservation,
    Webhook,
    from_document,
    to_document,
)


class Store(Protocol):
    """What the rest of the sandbox may do with its memory. Callers hold the world's lock."""

    bookings: dict[str, Booking]
    reservations: dict[str, Reservation]
    webhooks: dict[str, Webhook]

    def put(self, record: Record) -> None: ...
    def remove(self, record: Record) -> None: ...
    def next_id(self) -> int: ...
    def close(self) -> None: ...


class Memory:
    def __init__(self) -> None:
        self.bookings: dict[str, Booking] = {}
        self.reservations: dict[str, Reservation] = {}
        self.webhooks: dict[str, Webhook] = {}

    def put(self, record: Record) -> None:
        if isinstance(record, Booking):
            self.bookings[record.key] = record
        elif isinstance(record, Reservation):
            self.reservations[record.key] = record
        else:
            self.webhooks[record.key] = record

    def remove(self, record: Record) -> None:
        for rows in (self.bookings, self.reservations, self.webhooks):
            rows.pop(record.key, None)

    def next_id(self) -> int:
        return max((booking.id for booking in self.bookings.values()), default=0) + 1

    def close(self) -> None:
        pass


class File(Memory):
    """Raises ``sqlite3.Error`` if ``path`` cannot be used."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, document TEXT, PRIMARY KEY (kind, key))"
        )
        for record in self._saved():
            super().put(record)

    def _saved(self) -> Iterator[Record]:
        for kind, document in self._database.execute("SELECT kind, document FROM record"):
            yield from_document(kind, json.loads(document))

    def put(self, record: Record) -> None:
        super().put(record)
        self._database.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?)",
            (_kind(record), record.key, json.dumps(to_document(record))),
        )

    def remove(self, record: Record) -> None:
        super().remove(record)
        self._database.execute("DELETE FROM record WHERE kind = ? AND key = ?", (_kind(record), record.key))

    def close(self) -> None:
        self._database.close()


def _kind(record: Record) -> str:
    return type(record).__name__.lower()
