"""Run the demo: ``python -m config.demo --port 8000``."""

import argparse
import os
import socket
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from config.demo.account import LOGIN, ensure_account
from config.demo.environment import OVERRIDES, write_env_file
from config.demo.processes import ChildEndedError, Supervisor, supervised
from config.embedded import server

ROOT = Path(__file__).resolve().parents[2]
# The second one is there to replay old incidents in, with the call scripts.
SALONS = (Path("config/demo/salon.yaml"), Path("config/demo/replay.yaml"))
CALL_SCRIPT = Path("calls/scripts/first_booking.yaml")
HOST = "127.0.0.1"
LAST_PORT = 65_535
STOP_TIMEOUT_SECONDS = 30
PROBE_TIMEOUT_SECONDS = 2

WELCOME = """
Terminfest is running.

  Address    {url}/admin/
  Login      {login}
  Password   {password}
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
    if not _is_free(port):
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
    django.setup()
    # Only now may the settings be read.
    from django.conf import settings  # noqa: PLC0415

    var: Path = settings.VAR_DIR
    password = _prepare(var)
    log = var / "demo.log"
    try:
        with supervised(log) as supervisor:
            if _start(supervisor, port):
                _greet(port, password, log)
                supervisor.wait_until(lambda: False)
                print("Stopping.", flush=True)
    except ChildEndedError as error:
        message = f"{error} The log is {log}."
        raise ChildEndedError(message) from error
    finally:
        _let_go(var / "postgres")
    return 0


def _prepare(var: Path) -> str:
    """Bring database and files up to date; returns the password. Our connection keeps the server up."""
    print("Preparing the database and the demo salon …", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    for salon in SALONS:
        call_command("apply_salon", str(salon), verbosity=0)
    call_command("seed_demo")
    return ensure_account(var / "demo.json")


def _start(supervisor: Supervisor, port: int) -> bool:
    """Start web server and worker; True when the site answers, False when a signal came first."""
    python = sys.executable
    supervisor.start("web server", [python, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"])
    supervisor.start("worker", [python, "manage.py", "qcluster"])
    return supervisor.wait_until(lambda: _answers(port))


def _greet(port: int, password: str, log: Path) -> None:
    text = WELCOME.format(
        url=f"http://{HOST}:{port}",
        login=LOGIN,
        password=password,
        log=_short(log),
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


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the web server does: a port that is only cooling down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _complain(sentence: str, *, status: int) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
