"""``python -m tools.evening``: plays an evening in a database of its own and prints what came of it."""

import argparse
import os
import sys
from dataclasses import fields

os.environ.update(
    {
        "ENV_FILE": "none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-the-evening-5b1f0a77c2d94e18b3aa",
        "RETELL_API_KEYS": "only-for-the-evening-91ce",
        "ALLOWED_HOSTS": "testserver",
        "HTTPS": "false",
        "RATE_LIMITS": "false",
        "LOG_LEVEL": "CRITICAL",
        # Nobody's database: one made for it, at an embedded server.
        "DATABASE_URL": "",
    }
)
os.environ.setdefault("VAR_DIR", "var/evening")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from tools.evening.evening import Plan, simulate  # noqa: E402
from tools.evening.table import table, verdict  # noqa: E402

# What is written need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def main() -> int:
    """0 if all is as it has to be, 1 if not."""
    plan = _plan()
    connection.settings_dict["EMBEDDED_OPTIONS"] = FAST
    print("Preparing a database …", flush=True)
    databases = setup_databases(verbosity=0, interactive=False)
    print("The evening begins …", flush=True)
    try:
        result = simulate(plan)
    finally:
        teardown_databases(databases, verbosity=0)
    print(table(result))
    wrong = verdict(result)
    print("\n".join(["", *wrong]) if wrong else "\nAll is as it has to be.")
    return 1 if wrong else 0


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tools.evening", description=__doc__)
    usual = Plan()
    helps = {
        "calls": "how many people call",
        "hours": "within how many hours",
        "every": "seconds from one stranger on the booking page to the next, on average",
        "standing": "bookings of strangers that stand at a time",
        "days": "open days that people ask for",
        "latency_ms": "of a request to Cal.com, half more or less by chance",
        "hesitation": "seconds between what a stranger saw and their booking",
        "seed": "of the chances",
    }
    for one in fields(Plan):
        if one.name in helps:
            default = getattr(usual, one.name)
            name = "--" + one.name.replace("_", "-")
            parser.add_argument(
                name, type=type(default), default=default, help=f"{helps[one.name]} ({default})"
            )
    parser.add_argument(
        "--without-holds", action="store_true", help="hide nothing that is held from the booking page"
    )
    given = vars(parser.parse_args())
    return Plan(courtesy=not given.pop("without_holds"), **given)


if __name__ == "__main__":
    sys.exit(main())
