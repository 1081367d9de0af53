"""``python -m tools.load``: starts everything, measures, writes docs/load.md."""

import argparse
import os
import platform
import sys
from pathlib import Path

import django

from config.demo.ports import is_free
from config.embedded import server
from tools.stage import environment
from tools.stage.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
PORT = 8130
PAGE = Path("docs/load.md")
WORKERS, QUEUES = 2, 2


def main() -> int:
    """0: measured, without an error; 1: with errors; 2: bad input."""
    wanted = _arguments()
    if not is_free(wanted.port):
        print(f"Port {wanted.port} is in use; choose another with --port.", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    var = Path(os.environ.get("VAR_DIR", "var/load")).resolve()
    environment.clear(var)
    postgres = Postgres(var / "postgres")
    postgres.renew()
    try:
        return _measure(wanted, var, postgres)
    finally:
        server.release(postgres.data)


def _measure(wanted: argparse.Namespace, var: Path, postgres: Postgres) -> int:
    calendar = environment.prepare(var, postgres, port=wanted.port, WEB_CONCURRENCY=str(WORKERS))
    django.setup()
    # Only now may models be imported.
    from django.utils import timezone  # noqa: PLC0415

    from tools.load import page  # noqa: PLC0415
    from tools.load.run import measured  # noqa: PLC0415
    from tools.stage.system import System, units_of  # noqa: PLC0415

    with units_of(var / "load.log") as units:
        system = System(units, postgres, calendar, port=wanted.port)
        figures = measured(system, machine=_machine(), workers=WORKERS, queues=QUEUES, wanted=wanted)
    text = page.page(figures, day=timezone.localdate())
    print(text)
    print(f"Errors: {dict(page.kinds_of_errors(figures)) or 'none'}")
    if wanted.write:
        PAGE.write_text(text, encoding="utf-8")
    return 1 if page.errors(figures) else 0


def _machine() -> str:
    """With how much else it has to do: figures of a busy one are no more than an order."""
    python, busy = platform.python_version(), os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load average {busy:.0f} before, {platform.system()}, Python {python}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.load", description="How much one machine carries.")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each number of clients (10)")
    parser.add_argument("--factor", type=float, default=20.0, help="how much faster than people (20)")
    parser.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1 ({PORT})")
    parser.add_argument("--no-write", dest="write", action="store_false", help="only print")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
