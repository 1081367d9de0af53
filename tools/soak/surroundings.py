"""A database, a mail server and a Django that are nobody's. Import it before anything of Django's."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LOG_LEVEL": "CRITICAL",
        # Nobody's database: one made for it, at an embedded server.
        "DATABASE_URL": "",
    }
)
os.environ.setdefault("VAR_DIR", "var/soak")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from tests.integrations.sandbox_fixtures import receiving  # noqa: E402
from tests.whole.machine import WholeMachine  # noqa: E402
from tests.whole.stage import SECRET  # noqa: E402


@contextmanager
def surroundings(number: int) -> Iterator[Callable[[], WholeMachine]]:
    """What makes a machine. ``number`` keeps processes that run side by side apart."""
    connection.settings_dict["TEST"]["NAME"] = f"test_soak_{number}"
    settings.CALCOM_WEBHOOK_SECRET = SECRET
    settings.CALENDAR_CALL_BUDGET_MS = 10_000  # a busy machine must not decide
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False, keepdb=bool(os.environ.get("KEEPDB")))
    try:
        with receiving() as receiver:
            yield partial(WholeMachine, settings, receiver)
    finally:
        connection.close()
        teardown_databases(databases, verbosity=0, keepdb=bool(os.environ.get("KEEPDB")))
        teardown_test_environment()


def empty() -> None:
    """Whatever the sequences until now have left behind: a full database makes the next ones slow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE appointments_company, auth_user, django_session, django_q_ormq, django_q_task CASCADE"
        )
