"""A clock for whole processes: Debian's libfaketime, so many times as fast, set by us."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

SITE = Path(__file__).parent / "site"
LIBRARY = "libfaketimeMT.so.1"
SPEED_VARIABLE = "NIGHTS_SPEED"


def find_library() -> Path | None:
    """Where Debian's package ``faketime`` has put it; None if it is not installed."""
    return next(Path("/usr/lib").glob(f"*/faketime/{LIBRARY}"), None)


class Clock:
    """What the processes believe. ``passed``: seconds that really passed there, whatever was set."""

    def __init__(self, begins: datetime, folder: Path, library: Path, *, speed: int) -> None:
        self.speed = speed
        self._zero, self._shown = time.monotonic(), begins.timestamp()
        self._folder, self._library = folder, library
        self._files: list[Path] = []

    @property
    def passed(self) -> float:
        return (time.monotonic() - self._zero) * self.speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._shown + self.passed, tz=UTC)

    def set(self, moment: datetime) -> None:
        self.move(moment - self.now())

    def move(self, by: timedelta) -> None:
        """For every process at once; negative: back. All of them have started."""
        self._shown += by.total_seconds()
        for path in self._files:
            # As the process itself has put it right since we wrote it.
            offset = float(path.read_text().split()[0])
            _write(path, offset + by.total_seconds(), speed=self.speed)

    def wrapped(self, command: Sequence[str]) -> list[str]:
        """What starts a Python program with this clock.

        libfaketime counts from the start of each process, so each has a file of its own.
        """
        path = (self._folder / f"clock-{len(self._files)}").resolve()
        _write(path, self.now().timestamp() - time.time(), speed=self.speed)
        self._files.append(path)
        facts = {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": path,
            "FAKETIME_NO_CACHE": 1,
            "FAKETIME_DONT_FAKE_MONOTONIC": 1,
            "NO_FAKE_STAT": 1,
            SPEED_VARIABLE: self.speed,
            "NIGHTS_EPOCH": self._shown - self._zero * self.speed,
            "PYTHONPATH": os.pathsep.join([str(SITE.resolve()), str(Path.cwd())]),
        }
        return ["env", *(f"{name}={value}" for name, value in facts.items()), *command]


def _write(path: Path, offset: float, *, speed: int) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{offset:+.3f} x{speed}\n")
    fresh.replace(path)
