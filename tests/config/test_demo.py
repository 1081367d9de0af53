"""The demo: keys of its own, a login that stays, and nothing left running."""

import stat
import sys
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from config.demo.account import LOGIN, ensure_account
from config.demo.environment import write_env_file
from config.demo.processes import ChildEndedError, supervised

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
END = [sys.executable, "-c", "raise SystemExit(3)"]


def test_the_environment_file_is_written_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / ".env"

    assert write_env_file(path)
    text = path.read_text()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not write_env_file(path)
    assert path.read_text() == text


@pytest.mark.django_db
def test_the_login_keeps_its_password(tmp_path: Path) -> None:
    state = tmp_path / "var" / "demo.json"

    password = ensure_account(state)

    assert ensure_account(state) == password
    assert authenticate(username=LOGIN, password=password) is not None
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_lost_password_is_replaced(tmp_path: Path) -> None:
    ensure_account(tmp_path / "lost.json")

    password = ensure_account(tmp_path / "new.json")

    assert authenticate(username=LOGIN, password=password) is not None


def test_when_one_program_ends_the_others_are_ended(tmp_path: Path) -> None:
    with supervised(tmp_path / "log") as supervisor:
        supervisor.start("web server", SLEEP)
        supervisor.start("worker", END)

        with pytest.raises(ChildEndedError, match=r"The worker ended with status 3\."):
            supervisor.wait_until(lambda: False)

    assert supervisor.children["web server"].returncode is not None


def test_a_signal_ends_the_waiting(tmp_path: Path) -> None:
    with supervised(tmp_path / "log") as supervisor:
        supervisor.start("web server", SLEEP)
        supervisor.stopping.set()

        assert not supervisor.wait_until(lambda: True)

    assert supervisor.children["web server"].returncode is not None
