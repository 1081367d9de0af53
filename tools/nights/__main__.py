"""``python -m tools.nights``: five odd nights, in about half an hour (``docs/time.md``)."""

import argparse
import os
import sys
from pathlib import Path

import django

from config.demo.ports import is_free
from config.embedded import server
from tools.nights.breaks import NAMES
from tools.nights.clock import find_library
from tools.nights.plan import NIGHTS
from tools.stage import environment
from tools.stage.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
PORT = 8170
SPEED = 8
# Requests to Cal.com as in earnest, not as on a stage: its minutes are as short as ours.
OTHERS = {
    "WEB_CONCURRENCY": "2",
    "TASK_WORKERS": "4",
    "ALERT_URLS": "",
    # Whoever commits meanwhile has not deployed anything.
    "APP_VERSION": "nights",
    "CALENDAR_REQUESTS_PER_MINUTE": "110",
}


def main() -> int:
    """0: all is as it has to be; 1: something is not; 2: bad input, or faketime is missing."""
    wanted = _arguments()
    library = find_library()
    trouble = _trouble(wanted, library)
    if library is None or trouble:
        print(trouble, file=sys.stderr)
        return 2
    os.chdir(ROOT)
    var = Path(os.environ.get("VAR_DIR", "var/nights")).resolve()
    environment.clear(var)
    postgres = Postgres(var / "postgres")
    postgres.renew()
    calendar = environment.prepare(var, postgres, port=wanted.port, **OTHERS)
    try:
        django.setup()
        # Only now may models be imported.
        from tools.nights.run import run  # noqa: PLC0415

        return run(wanted, var=var, library=library, calendar=calendar)
    except KeyboardInterrupt:
        return 1
    finally:
        server.release(postgres.data)


def _trouble(wanted: argparse.Namespace, library: Path | None) -> str:
    if library is None:
        return "Debian's faketime is missing: apt-get install faketime."
    if not is_free(wanted.port):
        return f"Port {wanted.port} is in use; choose another with --port."
    if not any(wanted.only in night.name for night in NIGHTS):
        return f"No night has “{wanted.only}” in its name: {'; '.join(night.name for night in NIGHTS)}."
    return ""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.nights", description="The real processes live through odd nights."
    )
    parser.add_argument("--only", default="", help="the nights with this in their name")
    parser.add_argument("--speed", type=int, default=SPEED, help=f"how much faster than time ({SPEED})")
    parser.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1 ({PORT})")
    parser.add_argument(
        "--break",
        dest="broken",
        choices=NAMES,
        default="",
        help="take a rule out, which must be noticed: the negative control",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
