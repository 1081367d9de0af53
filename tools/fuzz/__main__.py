"""``python -m tools.fuzz --minutes 5``: asks at random for so long; 1 if an answer was an accident."""

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

os.environ.update(
    {
        "ENV_FILE": "none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-the-fuzzing-4c1a7be2905d4f0c9d31",
        "RETELL_API_KEYS": "only-for-the-fuzzing-51ab",
        "ALLOWED_HOSTS": "testserver,localhost",
        "HTTPS": "false",
        "RATE_LIMITS": "false",
        "LOG_LEVEL": "CRITICAL",
        # Nobody's database: one made for it, at an embedded server.
        "DATABASE_URL": "",
    }
)
os.environ.setdefault("VAR_DIR", "var/fuzz")

import django

django.setup()

import schemathesis  # noqa: E402
from django.conf import settings as site  # noqa: E402
from django.core.signals import request_finished, request_started  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402
from drf_spectacular.generators import SchemaGenerator  # noqa: E402
from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from schemathesis import GenerationMode  # noqa: E402

from appointments import salon as salon_file  # noqa: E402
from appointments.models import ApiToken, BranchPhoneNumber, Company, Customer  # noqa: E402
from calls.events.processing import process_due  # noqa: E402
from config.wsgi import application  # noqa: E402
from tools.fuzz.asking import Tally, ask_api, ask_phone  # noqa: E402
from tools.fuzz.voice import document  # noqa: E402

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SALON = Path("config/demo/salon.yaml")
CALLER = "+4930900101"
MOST_SHOWN = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="how long (5)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the chances; the clock's, if none is given"
    )
    given_options = parser.parse_args()
    # A line for each request that was refused would be all there is to read.
    logging.disable(logging.CRITICAL)
    first_seed = given_options.seed if given_options.seed is not None else int(timezone.now().timestamp())
    connection.settings_dict["EMBEDDED_OPTIONS"] = FAST
    print("Preparing a database …", flush=True)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with one_connection():
            tally = fuzz(seconds=given_options.minutes * 60, first_seed=first_seed)
    finally:
        teardown_databases(databases, verbosity=0)
    print(f"seed {first_seed}: {tally.requests} requests, {dict(sorted(tally.statuses.items()))}")
    print(f"slowest: {tally.slowest_ms:.0f} ms, {tally.slowest}")
    for each in dict.fromkeys(tally.wrong[:MOST_SHOWN]):
        print(f"\n{each}")
    print(f"\n{len(tally.wrong)} answers were accidents." if tally.wrong else "No answer was an accident.")
    return 1 if tally.wrong else 0


@contextmanager
def one_connection() -> Iterator[None]:
    """A new one for each request would take most of the time."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield


def fuzz(*, seconds: float, first_seed: int) -> Tally:
    """Each operation in turn, with a new seed each round."""
    key, number = _salon()
    phone = document(number=number, caller=CALLER)
    spoken = schemathesis.openapi.from_dict(phone)
    api = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    api.app = application
    tally, until, number_of_round = Tally(), monotonic() + seconds, 0
    while monotonic() < until:
        for schema in (spoken, api):
            for operation in schema.get_all_operations():
                for mode in GenerationMode:
                    strategy = operation.ok().as_strategy(generation_mode=mode)
                    if schema is spoken:
                        _ask(
                            strategy, first_seed + number_of_round, lambda case: ask_phone(case, phone, tally)
                        )
                    else:
                        _ask(strategy, first_seed + number_of_round, lambda case: ask_api(case, key, tally))
                    if monotonic() >= until:
                        return tally
        process_due(now=timezone.now())
        number_of_round += 1
    return tally


def _ask(strategy: Any, chances: int, ask: Any) -> None:
    @seed(chances)
    @settings(
        max_examples=25,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        ask(case)

    run()


def _salon() -> tuple[str, str]:
    """The demo's, with somebody who has an account; its key, and its number."""
    content = Path(site.BASE_DIR, SALON).read_bytes()
    found = salon_file.read(content)
    now = timezone.now()
    salon_file.apply(found, now=now - timedelta(minutes=1))
    company = Company.objects.get(slug=found.file.company.slug)
    Customer.objects.create(company=company, name="Jana Probst", phone=CALLER, created_at=now)
    _token, key = ApiToken.objects.issue(company=company, name="fuzz", now=now)
    number = BranchPhoneNumber.objects.filter(branch__company=company).values_list("number", flat=True)[0]
    return key, str(number)


if __name__ == "__main__":
    sys.exit(main())
