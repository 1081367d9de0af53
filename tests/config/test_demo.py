"""The demo: keys of its own, a login that stays, and nothing left running."""

import socket
import stat
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from config.demo import calendar
from config.demo.account import LOGIN, ensure_account
from config.demo.environment import read_values, set_values, write_env_file
from config.demo.ports import is_free, listens, some_free_port
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
    assert User.objects.get(username=LOGIN).check_password(password)
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_lost_password_is_replaced(tmp_path: Path) -> None:
    ensure_account(tmp_path / "lost.json")

    password = ensure_account(tmp_path / "new.json")

    assert User.objects.get(username=LOGIN).check_password(password)


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


def test_the_calendar_is_found_by_every_command_through_the_environment_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    write_env_file(path)
    before = read_values(path)

    settings = calendar.settings_for(8000, before)
    set_values(path, settings)

    assert read_values(path) == {**before, **settings}
    assert settings["CALCOM_API_KEY"].startswith("cal_")
    assert settings["CALCOM_WEBHOOK_SECRET"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert calendar.settings_for(8000, read_values(path)) == settings


def test_a_port_that_is_taken_is_changed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# a comment with=a sign\nSECRET_KEY=x\n")
    set_values(path, calendar.settings_for(8000, {}))
    first = read_values(path)
    port = calendar.port_of(first)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()

        assert not is_free(port)
        assert listens(port, timeout=1)
        set_values(path, calendar.settings_for(8000, first))

    second = read_values(path)
    assert calendar.port_of(second) != port
    assert {name for name in first if first[name] != second[name]} == {"CALCOM_API_URL"}
    assert path.read_text().startswith("# a comment with=a sign\nSECRET_KEY=x\n")


@pytest.mark.parametrize(
    ("known", "is_ours"),
    [
        ({}, True),
        ({"CALCOM_API_URL": "http://127.0.0.1:8001", "CALCOM_API_KEY": "cal_demo"}, True),
        ({"CALCOM_API_URL": "https://api.cal.com", "CALCOM_API_KEY": "cal_live_x"}, False),
        ({"CALCOM_API_KEY": "cal_live_x"}, False),
    ],
)
def test_a_real_calendar_is_never_used_and_never_overwritten(known: dict[str, str], *, is_ours: bool) -> None:
    settings = calendar.settings_for(8000, known)

    assert calendar.names_a_sandbox(known) is is_ours
    assert settings["CALCOM_API_URL"].startswith("http://127.0.0.1:")
    assert settings["CALCOM_API_KEY"] != "cal_live_x"


def test_the_sandbox_is_started_without_its_secret_in_sight() -> None:
    port = some_free_port()
    settings = calendar.settings_for(port, {})

    command = calendar.command(settings, salon=Path("config/demo/salon.yaml"), web_port=port)

    assert settings["CALCOM_WEBHOOK_SECRET"] not in command
    assert f"http://127.0.0.1:{port}/calcom/webhook/morgenrot/" in command
