"""A clock for whole processes: Debian's libfaketime, ``SPEED`` times as fast, set by us."""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

SPEED = 20
SITE = Path(__file__).parent / "site"
LIBRARY = "libfaketimeMT.so.1"


def find_library() -> Path | None:
    """Where Debian's package ``faketime`` has put it; None if it is not installed."""
    return next(Path("/usr/lib").glob(f"*/faketime/{LIBRARY}"), None)


class Clock:
    """What the processes believe. ``passed``: seconds that really passed there, whatever was set."""

    def __init__(self, begins: datetime, folder: Path, library: Path) -> None:
        self._real, self._shown = time.time(), begins.timestamp()
        self._folder, self._library = folder, library
        self._offsets: dict[Path, float] = {}

    @property
    def passed(self) -> float:
        return (time.time() - self._real) * SPEED

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._shown + self.passed, tz=UTC)

    def set(self, moment: datetime) -> None:
        self.move(moment - self.now())

    def move(self, by: timedelta) -> None:
        """For every process at once; negative: back."""
        self._shown += by.total_seconds()
        for path, offset in list(self._offsets.items()):
            self._write(path, offset + by.total_seconds())

    def command(self, *arguments: str) -> list[str]:
        """What starts ``python *arguments`` with this clock.

        libfaketime counts from the start of each process, so each has a file of its own.
        """
        path = self._folder / f"clock-{len(self._offsets)}"
        self._write(path, self.now().timestamp() - time.time())
        facts = {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": path.resolve(),
            "FAKETIME_NO_CACHE": 1,
            "FAKETIME_DONT_FAKE_MONOTONIC": 1,
            "NO_FAKE_STAT": 1,
            "NIGHTS_SPEED": SPEED,
            "PYTHONPATH": os.pathsep.join([str(SITE.resolve()), str(Path.cwd())]),
        }
        return ["env", *(f"{name}={value}" for name, value in facts.items()), sys.executable, *arguments]

    def _write(self, path: Path, offset: float) -> None:
        self._offsets[path] = offset
        fresh = path.with_suffix(".new")
        fresh.write_text(f"{offset:+.3f} x{SPEED}\n")
        fresh.replace(path)
