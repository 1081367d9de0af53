"""What the actors know to stand: each appointment is in one pair of hands at a time."""

import threading
from dataclasses import dataclass
from datetime import datetime
from random import Random


@dataclass(slots=True)
class Entry:
    """``number``: whose call it was made in, empty if it was not made by phone."""

    appointment: int
    start: datetime
    number: str = ""
    salon: str = ""


class Diary:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    def put(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def take(self, random: Random) -> Entry | None:
        """Whoever takes one either puts it back, knowing how it stands, or nobody touches it again."""
        with self._lock:
            if not self._entries:
                return None
            return self._entries.pop(random.randrange(len(self._entries)))

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)
