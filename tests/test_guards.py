"""The guards of conftest.py guard, and the clock enters at the edge."""

import ast
import socket
from fnmatch import fnmatch

import pytest
from django.db import connection

from tests.clocks import SQL_CLOCK, asks_the_database, readings, sources

# Where the clock is read, and why there.
CLOCK = {
    "*/admin/*.py": "a request of a person",
    "*/management/commands/*.py": "a command",
    "*/migrations/*.py": "defaults as they were",
    "*/tasks.py": "the worker",
    "*/views.py": "a request",
    "appointments/api/views/*.py": "a request",
    "calls/callback_admin.py": "a request of a person",
    "calls/simulator/*.py": "stands outside, as the voice platform does",
    "appointments/api/authentication.py": "a request",
    "appointments/api/throttling.py": "a request",
    "config/brokers.py": "the worker",
    "config/gauges.py": "a scrape",
    "config/health.py": "a probe",
    "config/privacy.py": "which sessions have ended",
    "config/schedules.py": "after a migration",
    "integrations/customer_page/o*.py": "a request",
    "integrations/customer_page/stop*.py": "a request",
    "integrations/report_views.py": "a request",
    "integrations/gauges.py": "a scrape",
    "integrations/queue.py": "puts work off until later",
    "integrations/sandbox/world.py": "stands in for another system with a clock of its own",
    # Between two requests to others time passes, so the instant is read after each.
    "integrations/alarms/delivering.py": "time passes while it asks",
    "integrations/calcom/line.py": "time passes while it asks",
    "integrations/calcom/transport.py": "Retry-After against the wall clock",
    "integrations/convergence/*.py": "time passes while it asks",
    "integrations/courtesy/*.py": "time passes while it asks",
    "integrations/incoming/reconciling.py": "time passes while it asks",
    "integrations/integrity/witness.py": "time passes while it asks",
    "integrations/messaging/sending.py": "time passes while it asks",
    "integrations/messaging/texting.py": "time passes while it asks",
    "integrations/resolving/*.py": "time passes while it asks",
    "integrations/slot_memory.py": "how old an answer is",
    # Django calls these itself and has no instant to give.
    "appointments/models/appointment.py": "clean() of a form that was given none",
    "appointments/models/waitlist.py": "clean() of a form that was given none",
    "appointments/models/customer.py": "a default",
    "integrations/models/connection.py": "a default",
    "integrations/models/gateway.py": "a default",
    "integrations/models/message.py": "a default",
    # Words of the contract that have no instant.
    "appointments/integrity/ratio.py": "consistency_ratio(company)",
    "integrations/messaging/examples.py": "a message to look at",
    "integrations/messaging/noting.py": "a hook of the writer's",
}
# Everything a column, a constraint, an index, a view or a trigger of the database may say.
SAID_BY_THE_DATABASE = """
SELECT 'default of ' || adrelid::regclass, pg_get_expr(adbin, adrelid) FROM pg_attrdef
UNION ALL SELECT 'constraint ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'view ' || viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as sock, pytest.raises(pytest.fail.Exception, match=r"connect to 192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


def test_the_clock_enters_at_the_edge() -> None:
    """The domain is told what time it is; nothing of it can be an hour off from the rest of a request."""
    found = {path for path, tree in sources() if readings(tree)}
    inside = {path for path in found if not any(fnmatch(path, edge) for edge in CLOCK)}
    idle = {edge for edge in CLOCK if not any(fnmatch(path, edge) for path in found)}
    assert (inside, idle) == (set(), set())


def test_no_statement_of_ours_asks_the_server_for_the_time() -> None:
    """PostgreSQL's clock may be months away from ours and nothing changes: see ``docs/time.md``."""
    assert {path: lines for path, tree in sources() if (lines := asks_the_database(tree))} == {}


@pytest.mark.django_db
def test_nothing_in_the_database_asks_the_server_for_the_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SAID_BY_THE_DATABASE)
        said = cursor.fetchall()
    assert len(said) > 100
    assert [name for name, text in said if SQL_CLOCK.search(text or "")] == []


@pytest.mark.parametrize(
    ("source", "reads", "asks"),
    [
        ("timezone.now()", True, False),
        ("Field(default=timezone.now)", True, False),
        ("timezone.localdate()", True, False),
        ("timezone.localdate(now)", False, False),
        ("from time import time\ntime()", True, False),
        ("import time\ntime.time()", True, False),
        ("datetime.combine(day, time.time())", False, False),
        ("from time import monotonic\nmonotonic()", False, False),
        ("Field(auto_now=True)", True, False),
        ("world.now()", False, False),
        ("execute('SELECT now()')", False, True),
        ("execute('… < CURRENT_TIMESTAMP')", False, True),
        ("from django.db.models.functions import Now", False, True),
        ('def f():\n    """Not now()."""', False, False),
        ("variables = {'current_time': 1}", False, False),
    ],
)
def test_the_guard_of_the_clock_sees(source: str, *, reads: bool, asks: bool) -> None:
    tree = ast.parse(source)
    assert (bool(readings(tree)), bool(asks_the_database(tree))) == (reads, asks)
