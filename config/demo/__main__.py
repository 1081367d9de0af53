"""Run the demo: ``python -m config.demo --port 8000``."""

import argparse
import os
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from config.demo import calendar as demo_calendar
from config.demo.account import LOGIN, ensure_account
from config.demo.environment import OVERRIDES, read_values, set_values, write_env_file
from config.demo.ports import HOST, is_free, listens
from config.demo.processes import ChildEndedError, Supervisor, supervised
from config.embedded import server

ROOT = Path(__file__).resolve().parents[2]
# The second one is there to replay old incidents in, with the call scripts.
SALONS = (Path("config/demo/salon.yaml"), Path("config/demo/replay.yaml"))
CALL_SCRIPT = Path("calls/scripts/first_booking.yaml")
LAST_PORT = 65_535
STOP_TIMEOUT_SECONDS = 30
PROBE_TIMEOUT_SECONDS = 2

WELCOME = """
Terminfest is running.

  Address    {url}/admin/
  Login      {login}
  Password   {password}
  Calendar   {calendar} (stands in for Cal.com)
  Log        {log}

Make a telephone call, in another terminal:

  {python} manage.py simulate_call {script} --url {url}

Ctrl-C stops everything and keeps the data."""


def main() -> int:
    """0 after a signal, 1 if a program fails, 2 on bad input."""
    parser = argparse.ArgumentParser(prog="python -m config.demo", description="Run a salon to try.")
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    port = parser.parse_args().port
    if not 1 <= port <= LAST_PORT:
        return _complain(f"A port is a number from 1 to {LAST_PORT}, not {port}.", status=2)
    if not is_free(port):
        return _complain(f"Port {port} is in use. Choose another one: make demo PORT=8100", status=2)
    os.chdir(ROOT)
    try:
        return _run(port)
    except KeyboardInterrupt:
        return 0
    except (ChildEndedError, CommandError) as error:
        return _complain(str(error), status=1)
    except ImproperlyConfigured as error:
        return _complain(str(error), status=2)


def _run(port: int) -> int:
    if write_env_file(ROOT / ".env"):
        print("Wrote .env with keys of its own.", flush=True)
    os.environ.update(OVERRIDES, DJANGO_SETTINGS_MODULE="config.settings")
    _set_messages(port)
    calendar = _set_calendar(port)
    django.setup()
    # Only now may the settings be read.
    from django.conf import settings  # noqa: PLC0415

    var: Path = settings.VAR_DIR
    password = _prepare(var)
    log = var / "demo.log"
    try:
        with supervised(log) as supervisor:
            if _start(supervisor, port, calendar):
                _greet(port, password, log, calendar)
                supervisor.wait_until(lambda: False)
                print("Stopping.", flush=True)
    except ChildEndedError as error:
        message = f"{error} The log is {log}."
        raise ChildEndedError(message) from error
    finally:
        _let_go(var / "postgres")
    return 0


def _set_messages(port: int) -> None:
    """What the salon writes to its customers is shown in the admin and sent to nobody: they are fiction."""
    os.environ["EMAIL_URL"] = "dummymail://"
    os.environ["PUBLIC_URL"] = f"http://{HOST}:{port}"


def _set_calendar(port: int) -> dict[str, str]:
    """For our programs by the environment, for commands in another terminal by ``.env``."""
    known = read_values(ROOT / ".env")
    calendar = demo_calendar.settings_for(port, known)
    os.environ.update(calendar)
    if demo_calendar.names_a_sandbox(known):
        set_values(ROOT / ".env", calendar)
    return calendar


def _prepare(var: Path) -> str:
    """Bring database and files up to date; returns the password. Our connection keeps the server up."""
    print("Preparing the database and the demo salon …", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    for salon in SALONS:
        call_command("apply_salon", str(salon), verbosity=0)
    call_command("seed_demo")
    return ensure_account(var / "demo.json")


def _start(supervisor: Supervisor, port: int, calendar: dict[str, str]) -> bool:
    """Start calendar, web server and worker; True when both answer, False when a signal came first."""
    python = sys.executable
    supervisor.start("calendar", demo_calendar.command(calendar, salon=SALONS[0], web_port=port))
    supervisor.start("web server", [python, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"])
    supervisor.start("worker", [python, "manage.py", "qcluster"])
    calendar_port = demo_calendar.port_of(calendar)
    return supervisor.wait_until(
        lambda: listens(calendar_port, timeout=PROBE_TIMEOUT_SECONDS) and _answers(port)
    )


def _greet(port: int, password: str, log: Path, calendar: dict[str, str]) -> None:
    text = WELCOME.format(
        url=f"http://{HOST}:{port}",
        login=LOGIN,
        password=password,
        log=_short(log),
        calendar=calendar["CALCOM_API_URL"],
        python=_short(Path(sys.executable)),
        script=CALL_SCRIPT,
    )
    print(text, flush=True)


def _short(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _let_go(data: Path) -> None:
    """Wait for the embedded server to stop, so that nothing of the demo runs when the prompt is back."""
    connection.close()
    server.release(data)
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    while server.running_socket_dir(data) and time.monotonic() < deadline:
        time.sleep(0.1)


def _answers(port: int) -> bool:
    web = HTTPConnection(HOST, port, timeout=PROBE_TIMEOUT_SECONDS)
    try:
        web.request("GET", "/healthz")
        return web.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        web.close()


def _complain(sentence: str, *, status: int) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
