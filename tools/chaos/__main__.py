"""``python -m tools.chaos``: all that can be killed is killed, every answer checked (``docs/chaos.md``)."""

import argparse
import os
import random
import sys
from pathlib import Path

import django

from config.demo.ports import is_free
from config.embedded import server
from tools.chaos.breaks import NAMES, VARIABLE
from tools.stage import environment
from tools.stage.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
PORT = 8120
# What waits longest: a message in the hands of a worker that died is taken up after five minutes, by a
# schedule that comes every minute.
REST = 420.0
# What a caller has held is given back before the end of the run.
HOLD_SECONDS = "30"


def main() -> int:
    """0: nothing is otherwise than it was said to be; 1: something is; 2: bad input."""
    wanted = _arguments()
    if not is_free(wanted.port):
        print(f"Port {wanted.port} is in use; choose another with --port.", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    var = Path(os.environ.get("VAR_DIR", "var/chaos")).resolve()
    environment.clear(var)
    postgres = Postgres(var / "postgres")
    postgres.renew()
    try:
        return _run(wanted, var, postgres)
    except KeyboardInterrupt:
        return 1
    finally:
        server.release(postgres.data)


def _run(wanted: argparse.Namespace, var: Path, postgres: Postgres) -> int:
    others = {"HOLD_SECONDS": HOLD_SECONDS, "WEB_CONCURRENCY": "3", "ALERT_URLS": ""}
    calendar = environment.prepare(var, postgres, port=wanted.port, **others)
    django.setup()
    # Only now may models be imported.
    from tools.chaos.report import as_json, as_text  # noqa: PLC0415
    from tools.chaos.run import run  # noqa: PLC0415
    from tools.stage.system import System, units_of  # noqa: PLC0415

    if wanted.broken:
        os.environ[VARIABLE] = wanted.broken
    print(f"Chaos, seed {wanted.seed}; the log is {var / 'chaos.log'}.", flush=True)
    with units_of(var / "chaos.log") as units:
        system = System(units, postgres, calendar, port=wanted.port)
        result = run(
            system,
            seed=wanted.seed,
            seconds=wanted.minutes * 60,
            bound=wanted.rest,
            broken=wanted.broken,
        )
    (var / "chaos.json").write_text(as_json(result), encoding="utf-8")
    print(as_text(result))
    return 1 if result.violations else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.chaos", description="Kill everything, check everything."
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="of load under faults (5)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of faults and load")  # noqa: S311
    parser.add_argument(
        "--rest", type=float, default=REST, help=f"seconds by which all must be done ({REST:g})"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1 ({PORT})")
    parser.add_argument(
        "--break",
        dest="broken",
        choices=NAMES,
        default="",
        help="take a guard out, which must be noticed: the negative control",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
