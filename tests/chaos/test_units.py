"""Programs of ``make chaos`` come back as systemd brings them back."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tools.stage import units as module
from tools.stage.system import units_of

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
END = [sys.executable, "-c", "raise SystemExit(0)"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART_SECONDS", 0.0)


def test_whoever_ends_is_started_again_whatever_the_status(tmp_path: Path) -> None:
    with units_of(tmp_path / "log") as units:
        units.start("web", SLEEP)
        units.start("queue", END)
        killed = units.pid("web")
        os.kill(killed, signal.SIGKILL)

        assert units.wait_until(lambda: units.restarts["web"] == 1 and units.restarts["queue"] >= 1)

        assert units.pid("web") != killed
        assert units.children["web"].poll() is None


def test_what_was_stopped_stays_so_until_it_is_started(tmp_path: Path) -> None:
    with units_of(tmp_path / "log") as units:
        units.start("calendar", SLEEP)
        units.stop("calendar")
        rounds = iter([False, False, True])

        assert units.wait_until(lambda: next(rounds))
        assert "calendar" not in units.children

        units.start("calendar")

        assert units.children["calendar"].poll() is None
